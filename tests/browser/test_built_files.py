"""The committed builds belong to the committed sources: recomputed here without Node.

The rule is that of `protocol/js/sources.mjs`: SHA-256 over ``<path>\\n<SHA-256 of the content>\\n`` for every source.
"""

import hashlib
import json
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
BESIDE = ("build.mjs", "package-lock.json", "package.json", "tsconfig.json")
BUILDS = {
    "protocol/js/dist": ("protocol/js",),
    "server/draftwire_server/web/static": ("protocol/js", "server/web"),
}


def hash_of_sources(packages: tuple[str, ...]) -> str:
    paths = [ROOT / package / name for package in packages for name in BESIDE]
    paths += [path for package in packages for path in (ROOT / package / "src").rglob("*") if path.is_file()]
    lines = {path.relative_to(ROOT).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in paths}
    return hashlib.sha256("".join(f"{name}\n{lines[name]}\n" for name in sorted(lines)).encode()).hexdigest()


@pytest.mark.parametrize("directory", BUILDS)
def test_a_build_carries_the_hash_of_its_sources(directory: str) -> None:
    build = json.loads((ROOT / directory / "build.json").read_text())
    hint = "run `npm ci && npm run build` in protocol/js, then in server/web, and commit what changed"
    assert build["sources"] == hash_of_sources(BUILDS[directory]), hint


@pytest.mark.parametrize("directory", BUILDS)
def test_no_built_file_was_changed_by_hand(directory: str) -> None:
    build = json.loads((ROOT / directory / "build.json").read_text())
    present = {
        path.relative_to(ROOT / directory).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in (ROOT / directory).rglob("*")
        if path.is_file() and path.name != "build.json"
    }
    assert present == build["built"]


@pytest.mark.parametrize("package", ["protocol/js", "server/web"])
def test_a_lock_file_names_no_registry(package: str) -> None:
    assert '"resolved"' not in (ROOT / package / "package-lock.json").read_text()


def test_the_lines_that_the_tour_shows_are_those_of_the_packages_readme() -> None:
    shown = (ROOT / "server/web/src/fifteen-lines.html").read_text()
    assert f"```html\n{shown}```" in (ROOT / "protocol/js/README.md").read_text()
