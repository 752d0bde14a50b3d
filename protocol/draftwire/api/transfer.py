"""Export and import of a whole workspace: admins only."""

from collections.abc import AsyncIterator, Iterable

from draftwire.api.asking import Asking
from draftwire.rest.transfer import ExportPage, ExportQuery, Imported, ImportRecords, Known, Record


class TransferApi:
    """`Api.transfer`."""

    def __init__(self, api: Asking) -> None:
        self._api = api

    async def pages(self, *, folder: str | None = None, drafts: bool = True) -> AsyncIterator[ExportPage]:
        """All that the workspace holds, a page of records after the other. Raises `Problem` forbidden."""
        path, cursor = await self._api.in_workspace("export"), None
        while True:
            query = ExportQuery(cursor=cursor, folder=folder, drafts=drafts)
            page = await self._api.ask(ExportPage, "GET", path, query=query)
            yield page
            cursor = page.next
            if cursor is None:
                return

    async def put(self, records: Iterable[Record], *, dry_run: bool = False, known: Known | None = None) -> Imported:
        """Import records, at most 1,000, with a result for each; may be done again. Raises `Problem` forbidden."""
        body = ImportRecords(tuple(records), dry_run, known or Known())
        return await self._api.ask(Imported, "POST", await self._api.in_workspace("import"), body=body)
