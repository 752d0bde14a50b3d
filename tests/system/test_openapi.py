"""The description of the HTTP interface: it is valid, whole, and what the server does is what it says."""

import asyncio
import importlib
import pkgutil
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest
import requests
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from starlette.routing import Mount

from draftwire import rest
from draftwire.rest.route import Route
from draftwire.rest.routes import ROUTES
from draftwire_server.app import OPERATIONS, create_app
from draftwire_server.cli.process.embedded import Embedded
from draftwire_server.http.serving.openapi import PATH_PARAMETERS, description
from draftwire_server.http.serving.operation import Operation
from draftwire_server.settings import Settings
from tests.system.cluster import cluster
from tests.system.world import EVERYTHING, World, world

pytestmark = pytest.mark.slow

# Of each operation. They are the same in every run, and what they meet is made once for all operations: reading,
# answers, refusals. Every code is provoked in test_bad_input.py, shapes of messages by Hypothesis in tests/protocol.
EXAMPLES = 15 if settings.get_current_profile_name() == "long" else 5


@pytest.fixture(scope="module")
async def home(module_database_url: str, services: Embedded) -> AsyncIterator[World]:
    async with (
        cluster(module_database_url, services.redis_url, timings={"events_wait_s": 0.05}) as server,
        world(server, module_database_url) as made,
    ):
        await made.member("ada", "admin", desk=EVERYTHING)
        yield made


@pytest.fixture(scope="module")
async def described(home: World) -> Any:
    """The description that the server gives, read once: that costs more than what is made of it for an operation."""
    import schemathesis  # a second, which every process that only collects would pay

    async with home.server.http() as client:
        return schemathesis.openapi.from_dict((await client.get("/v1/openapi.json")).json())


@pytest.fixture(scope="module")
def connection() -> Iterator[requests.Session]:
    """Connections that stay open from one example to the next."""
    with requests.Session() as session:
        yield session


@pytest.fixture(autouse=True)
async def closed(home: World) -> AsyncIterator[None]:
    yield
    await home.close_clients()


async def test_every_route_below_v1_is_described() -> None:  # the app's pool wants a running loop
    settings = Settings("postgresql://x", ("k" * 32,), "r" * 32)
    described = {(o.path, o.method) for o in OPERATIONS}
    assert len(described) == len(OPERATIONS)
    for route in create_app(settings).routes:
        assert not isinstance(route, Mount) or route.path.partition("/static")[0] == ""
        path = getattr(route, "path", "")
        if path.startswith("/v1/") and path != "/v1/ws":
            assert any(path == known for known, _ in described), f"{path} has no description"


def test_every_parameter_of_a_path_has_a_sentence() -> None:
    for operation in OPERATIONS:
        for name in operation.param_convertors:
            assert name in PATH_PARAMETERS, f"{operation.path}: say what {name} is"


def test_every_route_is_in_the_list_once_and_is_served_once() -> None:
    routes = {route for _, name, _ in pkgutil.iter_modules(rest.__path__) for route in routes_of(name)}
    assert routes == set(ROUTES)
    assert [operation.route for operation in OPERATIONS] == list(ROUTES)
    for named in ("id", "api"):
        assert len({getattr(route, named) for route in ROUTES}) == len(ROUTES)


def routes_of(module: str) -> list[Route]:
    values = vars(importlib.import_module(f"{rest.__name__}.{module}")).values()
    return [value for value in values if isinstance(value, Route)]


def test_operation_ids_are_unique_and_every_answer_has_a_schema() -> None:
    names = [o.route.id for o in OPERATIONS]
    assert len(set(names)) == len(names)
    document = description(ROUTES)
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            assert operation["summary"], (path, method)
            assert operation["description"], (path, method)


async def test_a_method_that_is_not_there_is_method_not_allowed_with_those_that_are(home: World) -> None:
    async with home.http("ada") as client:
        answer = await client.patch("items")
        assert (answer.status_code, answer.json()["code"]) == (405, "method_not_allowed")
        assert {part.strip() for part in answer.headers["allow"].split(",")} >= {"GET", "POST"}
        assert (await client.get("/nowhere")).json()["code"] == "not_found"


@pytest.mark.hypothesis
@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda o: o.route.id)
async def test_the_server_does_what_its_description_says(
    home: World, described: Any, connection: requests.Session, operation: Operation
) -> None:
    item = await home.item("ada", f"f/desk/{operation.route.id}", value={"content": "x = 1\n"})
    async with home.http("ada") as client:
        draft = (await client.get(f"items/{item}/draft")).json()["draft"]
    known = {"workspace": home.workspace, "item": item, "draft": draft}
    with_token = {"base_url": home.server.url, "headers": {"Authorization": f"Bearer {home.token('ada')}"}}
    await asyncio.to_thread(hit, described[operation.path][operation.method], known, session=connection, **with_token)


def hit(operation: Any, known: dict[str, str], **sent: Any) -> None:
    """Send what the description allows, and what it does not; each answer must be one that it tells of."""
    from schemathesis.checks import not_a_server_error
    from schemathesis.generation import GenerationMode
    from schemathesis.specs.openapi import checks as c

    checks = [
        not_a_server_error,
        c.status_code_conformance,
        c.content_type_conformance,
        c.response_schema_conformance,
        c.response_headers_conformance,
    ]
    modes = (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)
    cases = st.one_of(*(operation.as_strategy(generation_mode=mode) for mode in modes))

    @settings(
        max_examples=EXAMPLES, derandomize=True, deadline=None, database=None, phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(case=cases, real=st.lists(st.sampled_from(sorted(known)), unique=True))
    def attack(case: Any, real: list[str]) -> None:
        names = {"workspace", *real} & set(case.path_parameters or {})
        case.path_parameters |= {name: known[name] for name in names}
        case.call_and_validate(checks=checks, timeout=20, **sent)

    attack()
