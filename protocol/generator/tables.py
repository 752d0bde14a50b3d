"""The page of all routes, `docs/routes.md`."""

from collections.abc import Iterable, Sequence

from draftwire.rest.route import Route
from generator.typescript import camel

HEAD = """# Routes

<!-- Made by `make generate` from draftwire.rest: change it there. -->

Everything over HTTP, by group. Paths lie below `/v1/w/{workspace}/`, but for those that begin with a slash. *Call* is
the method of both clients: `api.items.used_by` in Python, `client.api.items.usedBy` in TypeScript. The whole of it,
with every field and every refusal, is the OpenAPI description: `/docs` on a running server, `/v1/openapi.json`, or
`draftwire schema openapi`.
"""


def page(routes: Sequence[Route]) -> str:
    """The text of the page."""
    groups: dict[str, list[Route]] = {}
    for route in routes:
        groups.setdefault(route.tag, []).append(route)
    return "\n".join([HEAD, *(line for group, own in groups.items() for line in _table(group, own))])


def _table(group: str, routes: Iterable[Route]) -> Iterable[str]:
    yield f"## {group.replace('_', ' ').capitalize()}"
    yield ""
    yield "| route | what it does | who may | call |"
    yield "|---|---|---|---|"
    for route in routes:
        name = route.api.partition(".")[2]
        other = camel(name)
        call = f"`{name}`" if other == name else f"`{name}`, `{other}`"
        yield f"| `{route.method} {route.path}` | {route.summary} | {route.who} | {'' if route.public else call} |"
    yield ""
