"""Short ways to items with secrets, and to the eyes of a runtime."""

import secrets
from typing import Any

import draftwire
from draftwire_server.core.access.sealing import Box, Sealed
from draftwire_server.services.deploys.secret_copies import SEALED_AS
from tests.drafts.desk import Desk
from tests.system.cluster import SECRET_KEY
from tests.system.probe import PROBE


def secret_text() -> str:
    """A value that stands nowhere by chance."""
    return f"hunter-{secrets.token_hex(12)}"


async def item(home: Desk, user: str = "dana") -> str:
    return await home.world.item(user, f"f/one/{secrets.token_hex(5)}", kind="probe", value=PROBE["initial"])


async def with_secret(
    home: Desk, user: str = "dana", value: Any = None, at: str = "/pass", of: str | None = None
) -> tuple[str, str, str]:
    """An item whose shared draft holds a secret: item, draft, the secret's id."""
    of = of or await item(home, user)
    api = home.api(user)
    state = await api.drafts.of_item(of, "shared")
    made = await api.secrets.set(state.draft, at, value or secret_text(), if_match=state.etag)
    return of, state.draft, made.secret


async def deploy(home: Desk, draft: str, version: int = 0, user: str = "dana") -> str:
    """Deploy a draft as it is; gives the hash."""
    api = home.api(user)
    state = await api.drafts.get(draft)
    return (await api.deploys.deploy(draft, state.etag, version)).hash


async def runtime(home: Desk, *, user: str = "runner", reads_secrets: bool = True) -> draftwire.Api:
    """A client with an API key that an admin has made."""
    made = await home.api("root").keys.make(f"k-{secrets.token_hex(4)}", user=user, reads_secrets=reads_secrets)
    api = draftwire.Api(home.server.url, made.secret)
    home._apis.append(api)
    return api


async def opened(home: Desk, secret: str, key: str = SECRET_KEY) -> bytes:
    """What a secret's row holds, as only the server's key tells it."""
    (row,) = await home.world.rows("select * from secret where id = $1", secret)
    sealed = Sealed(row["key_id"], row["sealed"])
    return Box([key]).open(sealed, SEALED_AS, row["workspace_id"], row["item_id"], secret)
