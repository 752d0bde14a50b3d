"""The house: which rooms there are, how large they may be, and in which order they stand. Part of `make check`."""

import ast
import re
from collections import defaultdict
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
MADE = ROOT / "protocol/draftwire/api/calls"  # by `make generate`
SCRIPTS = ("protocol/js/src", "server/web/src")
IMPORTED = re.compile(r'^(?:import|export)\b[^;"]*?\bfrom "(\.[^"]+)\.js"', re.MULTILINE)  # of types as well
MADE_SCRIPT = "/* Made by `make generate`"  # how one begins
MODULES_A_ROOM = 12
LINES_A_MODULE = 400

# The floors, each with its rooms. The same noun means the same thing on every floor.
FLOORS = {
    "protocol/draftwire": "api document merge rest sdk session text wire",
    "server/draftwire_server": "bus cli core dev http kinds limits mcp services store web ws",
    "server/draftwire_server/core": "access edits history items kinds merge presence runs",
    "server/draftwire_server/store": "access agents deploys events history items live migrations people sharing writes",
    "server/draftwire_server/services": (
        "access agents deploys events history items kinds live merge people presence sharing transfer worker writes"
    ),
    "server/draftwire_server/http": "agents deploys events history items live people serving writes",
    "server/draftwire_server/cli": "database items people process",
}

# Rooms of more modules than `MODULES_A_ROOM`, with the reason.
LARGE_ROOMS = {
    "protocol/draftwire/api/calls": "made: one module for each group of routes",
    "protocol/draftwire/rest": "one module for each kind of resource: structs and routes",
}

# Services, lowest first: a room knows itself and those before it.
SERVICES = (
    *("worker", "access", "people", "kinds", "events", "live", "merge", "sharing", "presence", "writes"),
    *("history", "deploys", "items", "agents", "transfer"),
)

# Modules of more lines than `LINES_A_MODULE`: what each may have at most. Each is to be parted, none is to
# grow.
LONG_MODULES: dict[str, int] = {
    "protocol/draftwire/document/document.py": 540,
    "protocol/draftwire/merge/merge.py": 520,
    "protocol/draftwire/sdk/client.py": 600,
    "protocol/draftwire/session/draft.py": 440,
    "protocol/draftwire/session/replica.py": 600,
    "protocol/draftwire/session/session.py": 440,
    "protocol/draftwire/wire/messages.py": 680,
    "server/draftwire_server/cli/process/embedded.py": 520,
    "server/draftwire_server/cli/process/supervise.py": 440,
    "server/draftwire_server/core/edits/clash.py": 540,
    "server/draftwire_server/core/history/blame.py": 440,
    "server/draftwire_server/services/access/identity.py": 580,
    "server/draftwire_server/services/agents/runs.py": 480,
    "server/draftwire_server/services/agents/stream_writing.py": 440,
    "server/draftwire_server/services/deploys/deploy.py": 440,
    "server/draftwire_server/services/live/drafts.py": 500,
    "server/draftwire_server/services/live/lanes.py": 640,
    "server/draftwire_server/services/presence/presence.py": 580,
    "server/draftwire_server/services/runtime.py": 600,
    "server/draftwire_server/services/transfer/importing.py": 540,
    "server/draftwire_server/settings.py": 460,
    "server/draftwire_server/store/live/logs.py": 580,
    "server/draftwire_server/store/transfer.py": 600,
    "server/draftwire_server/ws/connection.py": 880,
}

# The same for scripts.
LONG_SCRIPTS: dict[str, int] = {
    "protocol/js/src/bindings/codemirror.ts": 480,
    "protocol/js/src/document/document.ts": 500,
    "protocol/js/src/merge/comparison.ts": 420,
    "protocol/js/src/merge/merge.ts": 520,
    "protocol/js/src/sdk/client.ts": 560,
    "protocol/js/src/sdk/draft.ts": 480,
    "protocol/js/src/session/draft.ts": 480,
    "protocol/js/src/session/replica.ts": 640,
    "protocol/js/src/session/session.ts": 500,
    "server/web/src/app/editor/desk.ts": 580,
}


def modules(*packages: str) -> Iterator[Path]:
    for package in packages or ("protocol/draftwire", "server/draftwire_server"):
        yield from sorted((ROOT / package).rglob("*.py"))


def scripts(package: str) -> Iterator[Path]:
    yield from sorted(path for path in (ROOT / package).rglob("*.ts*") if not path.name.endswith(".d.ts"))


@pytest.mark.parametrize("floor", FLOORS)
def test_a_floor_has_the_rooms_that_are_listed_here(floor: str) -> None:
    found = {each.name for each in (ROOT / floor).iterdir() if each.is_dir() and each.name != "__pycache__"}
    assert found == set(FLOORS[floor].split()), "name a new room here, and in docs/design.md"


def test_a_room_says_what_it_is_for() -> None:
    for path in modules():
        if path.name == "__init__.py" and len(list(path.parent.glob("*.py"))) > 1:
            assert ast.get_docstring(ast.parse(path.read_text())), f"{path}: say what the room is for"


def test_a_room_has_few_modules() -> None:
    rooms = defaultdict(list)
    for path in modules():
        if path.name != "__init__.py":
            rooms[path.parent.relative_to(ROOT).as_posix()].append(path.stem)
    large = {room: names for room, names in rooms.items() if len(names) > MODULES_A_ROOM}
    assert set(large) == set(LARGE_ROOMS)


def test_a_module_is_short_or_named() -> None:
    written = [path for path in modules() if not path.is_relative_to(MADE)]
    lengths = {path.relative_to(ROOT).as_posix(): len(path.read_text().splitlines()) for path in written}
    assert set(LONG_MODULES) == {name for name, lines in lengths.items() if lines > LINES_A_MODULE}
    grown = {name: lengths[name] for name, most in LONG_MODULES.items() if lengths[name] > most}
    assert not grown, "part it instead"


def test_a_script_is_short_or_named() -> None:
    texts = {path.relative_to(ROOT).as_posix(): path.read_text() for package in SCRIPTS for path in scripts(package)}
    lengths = {name: len(text.splitlines()) for name, text in texts.items() if not text.startswith(MADE_SCRIPT)}
    assert set(LONG_SCRIPTS) == {name for name, lines in lengths.items() if lines > LINES_A_MODULE}
    grown = {name: lengths[name] for name, most in LONG_SCRIPTS.items() if lengths[name] > most}
    assert not grown, "part it instead"


def test_a_class_name_means_one_thing_in_the_whole_server() -> None:
    """But for names with an underscore, which nobody else sees, and the contents of the demo."""
    where: dict[str, list[str]] = defaultdict(list)
    for path in modules():
        if not path.is_relative_to(ROOT / "server") or "content" in path.parts:
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                where[node.name].append(path.relative_to(ROOT).as_posix())
    assert {name: paths for name, paths in where.items() if len(paths) > 1} == {}


def room_of(floor: str, module: str) -> str | None:
    """The room, or the module beside the rooms, that a dotted name is in; None if it is not of this floor."""
    own = floor.partition("/")[2].replace("/", ".") + "."
    return module.removeprefix(own).split(".")[0] if module.startswith(own) else None


@pytest.mark.parametrize("floor", [each for each in FLOORS if each != "server/draftwire_server"])
def test_rooms_of_a_floor_stand_in_an_order(floor: str) -> None:
    knows: dict[str, set[str]] = defaultdict(set)
    for path in (ROOT / floor).rglob("*.py"):
        own = path.relative_to(ROOT / floor).with_suffix("").parts[0]
        for node in ast.walk(ast.parse(path.read_text())):
            if not isinstance(node, ast.ImportFrom) or own == "__init__":
                continue
            names = [f"{node.module}.{alias.name}" for alias in node.names]
            rooms = {room_of(floor, name) for name in names} - {None, own}
            knows[own] |= {room for room in rooms if room}
    try:
        order = list(TopologicalSorter(knows).static_order())
    except CycleError as error:
        pytest.fail(f"{floor}: rooms that know each other: {error.args[1]}")
    if floor.endswith("services"):
        for room, known in knows.items():
            if room in SERVICES:
                later = {each for each in known if SERVICES.index(each) >= SERVICES.index(room)}
                assert not later, f"{room} knows {later}, which come after it"
    assert order


# Parts whose callbacks are given the whole that they are parts of; they know it by its type alone.
OF_THE_WHOLE = {
    f"draftwire_server.services.live.parts.{part}": "draftwire_server.services.live.live"
    for part in ("edit_queue", "followers")
}


def circle_in(knows: dict[str, set[str]]) -> list[str]:
    """Modules that know each other, the first one again at the end; empty if none do."""
    try:
        TopologicalSorter(knows).prepare()
    except CycleError as error:
        return list(error.args[1])
    return []


@pytest.mark.parametrize("package", ["protocol/draftwire", "server/draftwire_server"])
def test_modules_import_each_other_in_one_direction(package: str) -> None:
    """Imports for types alone count too: who reads the one must read the other."""
    floor = (ROOT / package).parent
    dotted = {
        ".".join(path.relative_to(floor).with_suffix("").parts).removesuffix(".__init__"): path
        for path in modules(package)
    }
    knows: dict[str, set[str]] = {}
    for name, path in dotted.items():
        knows[name] = set()
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.ImportFrom) and node.module is not None:
                named = {f"{node.module}.{alias.name}" for alias in node.names}
                knows[name] |= {each if each in dotted else node.module for each in named} & dotted.keys() - {name}
    for part, whole in OF_THE_WHOLE.items():
        if part in knows:
            knows[part].remove(whole)
    assert circle_in(knows) == []


@pytest.mark.parametrize("package", SCRIPTS)
def test_scripts_import_each_other_in_one_direction(package: str) -> None:
    """Imports for types alone count too. What is loaded when it is needed, by `import(…)`, does not."""
    named = {path.with_suffix(""): path for path in scripts(package)}
    knows = {
        path.relative_to(ROOT).as_posix(): {
            named[known].relative_to(ROOT).as_posix()
            for source in IMPORTED.findall(path.read_text())
            if (known := (path.parent / source).resolve()) in named
        }
        for path in named.values()
    }
    assert sum(map(len, knows.values())) > len(knows), "imports are read"
    assert circle_in(knows) == []
