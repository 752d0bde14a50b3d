"""Routes of export and import."""

from starlette.responses import Response

from draftwire.rest.transfer import ExportPage, ExportQuery, Imported, ImportRecords
from draftwire_server.http.serving.operation import Call, operation
from draftwire_server.http.serving.problem import JSON
from draftwire_server.limits import IMPORT_BODY_BYTES


@operation("GET", "/v1/w/{workspace}/export", summary="Export a workspace", problems=("forbidden", "bad_cursor"))
async def export(call: Call, query: ExportQuery) -> ExportPage:
    """What the workspace holds, as records that mean the same elsewhere; a page after the other, by ``cursor``.

    Admins only. Drafts that are for their owners alone are left out and counted in ``withheld``.
    """
    return await call.runtime.exporting.page(call.principal, query)


@operation(
    "POST",
    "/v1/w/{workspace}/import",
    summary="Import records",
    answer=Imported,
    body_bytes=IMPORT_BODY_BYTES,
    problems=("forbidden", "too_large"),
    parts="records",
)
async def import_(call: Call, body: ImportRecords) -> Response:
    """Make what records tell of, with its numbers, times, authors and hashes; a result for each, in their order.

    Admins only. What is there already stays as it is, so an import may be sent again. ``dry_run`` leaves nothing
    behind.
    """
    return JSON(await call.runtime.importing.put(call.principal, body, call.bad))


operations = [export, import_]
