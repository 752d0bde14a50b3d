"""What is made from the list of routes is what stands in the files, and holds every route."""

import inspect
import re
from pathlib import Path

import pytest

from draftwire.api import Api
from draftwire.errors import Problem
from draftwire.rest.route import Route
from draftwire.rest.routes import ROUTES
from draftwire_server.http.serving.openapi import description
from generator.made import CALLED, PROTOCOL, made
from generator.python import BY_HAND

# Wording that readers stumble over: they look for who does what.
UNCLEAR = re.compile(
    r"\b(told|is over|whoever|whomever|of theirs|by now|anew|the asker|one's|oneself)\b", re.IGNORECASE
)


@pytest.mark.parametrize("path", made(), ids=lambda path: path.relative_to(PROTOCOL.parent).as_posix())
def test_a_made_file_is_up_to_date(path: Path) -> None:
    assert made()[path] == path.read_text(encoding="utf-8"), "run `make generate`, and build the TypeScript"


def test_every_route_of_a_workspace_is_a_call() -> None:
    assert {route.id for route in ROUTES} - {route.id for route in CALLED} == {"healthz", "readyz", "openapi_json"}
    table = (PROTOCOL / "js/src/rest/routes.ts").read_text()
    assert table.count("\n  [") == len(CALLED)


def test_every_route_is_a_method_of_the_python_client() -> None:
    for route in CALLED:
        group, _, name = route.api.partition(".")
        owner = Api if group == "server" else getattr(Api, group).func.__annotations__["return"]
        assert inspect.iscoroutinefunction(getattr(owner, name)) or route.api in BY_HAND, route.api


def test_who_may_is_shown_wherever_a_route_is_described() -> None:
    paths = description(ROUTES)["paths"]
    for route in ROUTES:
        operation = paths[route.full_path][route.method.lower()]
        assert operation["description"] == f"{route.description}\n\nWho may: {route.who}."
    typescript = " ".join((PROTOCOL / "js/src/rest/api.ts").read_text().replace(" * ", " ").split())
    for route in CALLED:
        assert route.who_may in typescript, route.id
        if route.api not in BY_HAND:
            group, _, name = route.api.partition(".")
            call = getattr(getattr(Api, group).func.__annotations__["return"], name)
            assert route.who_may in " ".join((call.__doc__ or "").split()), route.id


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: route.id)
def test_a_route_says_what_it_does_and_names_what_stands_in_its_path(route: Route) -> None:
    assert re.fullmatch(r"[A-Z][^.?]+", route.summary)
    assert re.search(r"[.:`]$", route.description)
    assert not UNCLEAR.search(f"{route.summary} {route.description} {route.who}")
    assert re.fullmatch(r"[a-zA-Z][^.]+", route.who), 'it stands after "Who may: "'
    assert re.fullmatch(r"[a-z_]+\.[a-z_]+", route.api)
    assert re.fullmatch(r"(/[a-z0-9.]+)+|([a-z-]+|\{[a-z]+\})(/([a-z-]+|\{[a-z]+\}))*", route.path), route.path
    assert route.body is None or route.method in ("POST", "PUT", "PATCH")


@pytest.mark.parametrize("name", ["", ".", ".."])
async def test_a_name_that_an_address_reads_otherwise_leads_nowhere(name: str) -> None:
    async with Api("http://127.0.0.1:1", "token", workspace="w") as api:
        with pytest.raises(Problem) as refused:
            await api.groups.withdraw(name, "me")
    assert refused.value.code == "bad_message"
