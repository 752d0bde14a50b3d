"""The HTTP side of the SDK: everything that needs no open socket.

    async with draftwire.Api("http://127.0.0.1:8000", token) as api:
        page = await api.items.list(path="f/payments/refund_charge")
        draft = await api.drafts.of_item(page.items[0].id)
        await api.drafts.save(draft.draft, {**draft.value, "summary": "better"}, if_match=draft.etag)

Each method is one request. Refusals are raised as `Problem` with the server's code; nothing is tried again by itself.
"""

from draftwire.api.connection import Api

__all__ = ["Api"]
