"""Imports point down only, and what decides does no I/O. Part of `make check`."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]

# The layers of draftwire_server, lowest first. A module may import from its own layer's package and from
# those below; two packages of one layer do not know each other.
LAYERS = {"settings": 0, "limits": 0, "core": 1, "kinds": 2, "store": 2, "bus": 2, "services": 3, "dev": 4}
LAYERS |= {"http": 5, "ws": 5, "web": 5, "mcp": 6, "app": 7, "cli": 8, "__main__": 9}

# What waits for somebody else, or asks for the time.
IO = {
    *(
        "asyncio",
        "socket",
        "ssl",
        "selectors",
        "subprocess",
        "threading",
        "multiprocessing",
        "signal",
        "time",
    ),
    *("http", "urllib.request", "asyncpg", "redis", "httpx", "websockets", "starlette", "uvicorn", "uvloop"),
}
# The protocol package's modules that do I/O: the SDK over the pure client session.
PROTOCOL_IO = {
    *("draftwire.sdk.client", "draftwire.sdk.run", "draftwire.sdk.run_stream", "draftwire.sdk.sync"),
    "draftwire.webhooks",
    *("draftwire.api.connection", "draftwire.api.events", "draftwire.api.runs"),
}
PROTOCOL_MAY = {"draftwire", "msgspec", "websockets", "httpx"}


def modules(package: str, root: Path) -> Iterator[tuple[str, Path]]:
    for path in sorted((root / package).rglob("*.py")):
        parts = path.relative_to(root).with_suffix("").parts
        yield ".".join(parts[:-1] if parts[-1] == "__init__" else parts), path


@cache
def imported(path: Path) -> frozenset[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: imports are absolute"
            assert node.module is not None
            found |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    return frozenset(found)


SERVER = dict(modules("draftwire_server", ROOT / "server"))
PROTOCOL = dict(modules("draftwire", ROOT / "protocol"))


def layer(module: str) -> str:
    return module.split(".")[1] if "." in module else ""


@pytest.mark.parametrize("module", [m for m in SERVER if layer(m)])
def test_a_module_of_the_server_imports_only_what_lies_below_it(module: str) -> None:
    own = layer(module)
    assert own in LAYERS, f"{own} has no place among the layers: give it one"
    for name in imported(SERVER[module]):
        if not name.startswith("draftwire_server.") or layer(name) == own:
            continue
        assert LAYERS[layer(name)] < LAYERS[own], f"{module} imports {name}, which lies beside or above it"


@pytest.mark.parametrize("module", [m for m in SERVER if layer(m) == "core"])
def test_what_decides_does_no_io_and_knows_no_clock(module: str) -> None:
    assert not _io(SERVER[module]), f"{module} imports {_io(SERVER[module])}"


@pytest.mark.parametrize("module", list(PROTOCOL))
def test_the_protocol_package_knows_nothing_of_the_server(module: str) -> None:
    assert not {name for name in imported(PROTOCOL[module]) if name.startswith("draftwire_server")}


@pytest.mark.parametrize("module", [m for m in PROTOCOL if m not in PROTOCOL_IO])
def test_the_protocol_package_does_io_in_its_sdk_only(module: str) -> None:
    assert not _io(PROTOCOL[module]), f"{module} imports {_io(PROTOCOL[module])}"


def _io(path: Path) -> set[str]:
    return {name for name in imported(path) if name in IO or name.split(".")[0] in IO}


def test_the_layers_are_about_real_modules() -> None:
    assert {"core", "store", "cli"} <= {layer(m) for m in SERVER}


# A schema's check has no bound that can be told beforehand: it runs in a child that can be killed.
CHECKS_SCHEMAS = {"draftwire_server.services.worker.child", "draftwire_server.core.kinds.kind_file"}


def test_schemas_are_checked_where_that_can_be_ended() -> None:
    checking = "draftwire_server.core.kinds.schemas"
    found = {module for module, path in SERVER.items() if {checking, "jsonschema_rs"} & imported(path)}
    assert found - {checking} == CHECKS_SCHEMAS
