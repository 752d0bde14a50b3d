"""Routes of export and import."""

from starlette.responses import Response

from draftwire.rest.transfer import EXPORT, IMPORT, ExportPage, ExportQuery, ImportRecords
from draftwire_server.http.serving.operation import Call, serves
from draftwire_server.http.serving.problem import JSON
from draftwire_server.limits.contract import IMPORT_BODY_BYTES


@serves(EXPORT)
async def export(call: Call, query: ExportQuery) -> ExportPage:
    return await call.runtime.exporting.page(call.principal, query)


@serves(IMPORT, body_bytes=IMPORT_BODY_BYTES)
async def import_(call: Call, body: ImportRecords) -> Response:
    return JSON(await call.runtime.importing.put(call.principal, body, call.bad))
