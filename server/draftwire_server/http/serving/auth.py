"""Who asks over HTTP: the bearer token of the request, and the workspace in its URL, which must be the token's."""

from starlette.requests import Request

from draftwire.errors import Problem
from draftwire_server.http.serving.slashes import named
from draftwire_server.services.access.identity import Principal
from draftwire_server.services.runtime import Runtime


def runtime_of(request: Request) -> Runtime:
    """The worker's services."""
    runtime: Runtime = request.app.state.runtime
    return runtime


async def principal_of(request: Request) -> Principal:
    """Let the asker in. Raises `Problem` unauthenticated, token_expired, not_found (another workspace)."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise Problem("unauthenticated", "Send a token in the header Authorization: Bearer …")
    if "\0" in request.url.path or any("\0" in value for _, value in request.query_params.multi_items()):
        raise Problem("not_found")  # no name holds it, and Postgres can't even be asked
    runtime = runtime_of(request)
    act_for, agent = request.headers.get("draftwire-act-for"), _utf8(request.headers.get("draftwire-agent"))
    principal = await runtime.identity.authenticate(token.strip(), act_for, agent)
    wanted = request.path_params.get("workspace")
    if wanted is not None and named(wanted) not in (principal.workspace.id, principal.workspace.external_id):
        raise Problem("not_found")
    await runtime.rights.meet(principal)
    return principal


def _utf8(header: str | None) -> str | None:
    """A header's text: its bytes are UTF-8 where they are no ASCII (RFC 9110 §5.5 leaves them to us)."""
    if header is None:
        return None
    try:
        return header.encode("latin-1").decode()
    except UnicodeDecodeError as error:
        raise Problem("bad_message", "Draftwire-Agent is not valid UTF-8.") from error
