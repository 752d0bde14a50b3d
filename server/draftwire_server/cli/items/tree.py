"""An export as a tree of files that people read, compare and keep under version control; and back, without loss.

    people.jsonl                             members, groups, folders
    runs.jsonl, grants.jsonl
    kinds/<name>.<revision>.json
    items/f/payments/refund.script/item.json
                                   v1.json            a version
                                   v1/content.py      a text of it, in a file of its own
                                   draft.ada.json     a draft
                                   draft.ada/content.py

A document names a text that has a file of its own as ``{"$file": "v1/content.py"}``. An item without a path lies in
``items/@/``; a directory of the same name twice gets the item's id.
"""

import re
from collections.abc import Generator, Iterable, Iterator
from pathlib import Path
from typing import Any, Final

import msgspec

from draftwire.rest import transfer as t

FILE: Final = "$file"
QUOTED: Final = "$quoted"  # around an object of a document that has just the shape of ours
EXTENSIONS: Final = {
    "python3": "py", "bun": "ts", "deno": "ts", "nativets": "ts", "go": "go", "bash": "sh", "powershell": "ps1",
    "postgresql": "sql", "mysql": "sql", "bigquery": "sql", "snowflake": "sql", "graphql": "graphql", "php": "php",
    "rust": "rs",
}  # fmt: skip
PLAIN: Final = re.compile(r"[^A-Za-z0-9._@+-]")
PORTS: Final = [f"{port}{number}" for port in ("com", "lpt") for number in range(1, 10)]
DEVICES: Final = frozenset(("con", "prn", "aux", "nul", *PORTS))
NAMED: Final = re.compile(r"\w\.[a-z]{1,5}$")
RECORD: Final = msgspec.json.Decoder(t.Record)


class BadTree(Exception):
    """What was read is no export."""


def write_tree(root: Path, records: Iterable[t.Record]) -> Generator[t.Record, None, None]:
    """Write records below a new directory, each as it passes by."""
    root.mkdir(parents=True)
    places: dict[str, Path] = {}
    taken: set[str] = set()  # in small letters: some systems know no others
    with (
        (root / "people.jsonl").open("wb") as people,
        (root / "runs.jsonl").open("wb") as runs,
        (root / "grants.jsonl").open("wb") as grants,
    ):
        for record in records:
            match record:
                case t.KindRecord():
                    _write(root / "kinds" / f"{record.name}.{record.revision}.json", msgspec.to_builtins(record))
                case t.ItemRecord():
                    places[record.id] = _place(root / "items", record, taken)
                    _write_with_texts(places[record.id], "item", record, "initial")
                case t.VersionRecord():
                    _write_with_texts(places[record.item], f"v{record.number}", record, "value")
                case t.DraftRecord():
                    name = f"draft.{PLAIN.sub('_', record.owner or '@shared')}"
                    _write_with_texts(places[record.item], name, record, "value")
                case t.RunRecord():
                    runs.write(msgspec.json.encode(record) + b"\n")
                case t.GrantRecord():
                    grants.write(msgspec.json.encode(record) + b"\n")
                case _:
                    people.write(msgspec.json.encode(record) + b"\n")
            yield record


def read_tree(root: Path) -> Iterator[t.Record]:
    """Read records in the order of an export. Raises `BadTree`."""
    if not (root / "people.jsonl").is_file():
        raise BadTree(f"{root} is not an exported tree: people.jsonl is missing.")
    yield from read_lines(root / "people.jsonl")
    revisions = [_read(path) for path in (root / "kinds").glob("*.json")]
    yield from sorted(revisions, key=lambda k: (k.name, k.revision))
    yield from read_lines(root / "runs.jsonl")
    found = [(_read_with_texts(path, "initial"), path.parent) for path in (root / "items").rglob("item.json")]
    for item, place in sorted(found, key=lambda pair: pair[0].id):
        yield item
        numbers = sorted(int(path.stem[1:]) for path in place.glob("v*.json") if path.stem[1:].isdecimal())
        for number in numbers:
            yield _read_with_texts(place / f"v{number}.json", "value")
        drafts = [_read_with_texts(path, "value") for path in place.glob("draft.*.json")]
        yield from sorted(drafts, key=lambda d: (d.purpose, d.owner or ""))
    yield from read_lines(root / "grants.jsonl")


def write_lines(file: Any, records: Iterable[t.Record]) -> Generator[t.Record, None, None]:
    """Write records as JSON Lines, each as it passes by."""
    for record in records:
        file.write(msgspec.json.encode(record) + b"\n")
        yield record


def read_lines(path: Path) -> Iterator[t.Record]:
    """Read JSON Lines. Raises `BadTree` with the line."""
    with path.open("rb") as file:
        for number, line in enumerate(file, 1):
            if line.strip():
                try:
                    yield RECORD.decode(line)
                except (msgspec.DecodeError, UnicodeDecodeError) as error:
                    raise BadTree(f"{path}, line {number}: {error}.") from error


# ---- places and texts


def _place(items: Path, item: t.ItemRecord, taken: set[str]) -> Path:
    segments = [_portable(segment) for segment in (item.path or f"@/{item.id}").split("/")]
    # Directories of items have a dot in their names, those of folders end otherwise: neither lies in the other.
    above = [f"{segment}_" if "." in segment else segment for segment in segments[:-1]]
    place = items.joinpath(*above, f"{segments[-1]}.{PLAIN.sub('_', item.kind)}")
    if str(place).casefold() in taken:
        place = place.with_name(f"{place.name}.{item.id}")
    taken.add(str(place).casefold())
    return place


def _portable(name: str) -> str:
    """A name that every system can have for a file: Windows has devices by name, and ends none with a dot."""
    plain = PLAIN.sub("_", name)
    if plain.endswith("."):
        plain = f"{plain}_"
    return f"_{plain}" if plain.partition(".")[0].casefold() in DEVICES else plain


def _write_with_texts(place: Path, name: str, record: t.Record, member: str) -> None:
    whole = msgspec.to_builtins(record)
    whole[member] = _parted(msgspec.json.decode(msgspec.json.encode(whole[member])), place, name, [])
    _write(place / f"{name}.json", whole)


def _parted(value: Any, place: Path, name: str, pointer: list[str]) -> Any:
    """The value with each text of several lines in a file."""
    if isinstance(value, dict):
        parted = {
            key: _file(inner, place, name, [*pointer, key], _extension(value, key))
            if isinstance(inner, str) and "\n" in inner
            else _parted(inner, place, name, [*pointer, key])
            for key, inner in value.items()
        }
        return {QUOTED: parted} if value.keys() in ({FILE}, {QUOTED}) else parted
    if isinstance(value, list):
        return [
            _parted(inner, place, name, [*pointer, str(inner["id"]) if _has_id(inner) else str(index)])
            for index, inner in enumerate(value)
        ]
    return value


def _extension(around: dict[str, Any], key: str) -> str:
    """Of the language that stands beside code; a member that is named as a file has its own already."""
    language = EXTENSIONS.get(str(around.get("language")), "txt")
    return "" if NAMED.search(key) else f".{language if key == 'content' else 'txt'}"


def _has_id(value: Any) -> bool:
    return isinstance(value, dict) and isinstance(value.get("id"), str)


def _file(text: str, place: Path, name: str, pointer: list[str], extension: str) -> Any:
    plain = _portable(".".join(pointer)[:120].lstrip(".") or "text")
    directory = place / name
    directory.mkdir(parents=True, exist_ok=True)
    there = {each.name.casefold() for each in directory.iterdir()}
    path, number = directory / f"{plain}{extension}", 2
    while path.name.casefold() in there:
        path, number = directory / f"{number}.{plain}{extension}", number + 1
    path.write_bytes(text.encode())
    return {FILE: f"{name}/{path.name}"}


def _write(path: Path, value: Any) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(msgspec.json.format(msgspec.json.encode(value), indent=2) + b"\n")


def _read(path: Path) -> Any:
    try:
        return RECORD.decode(path.read_bytes())
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise BadTree(f"{path}: {error}.") from error


def _read_with_texts(path: Path, member: str) -> Any:
    try:
        whole = msgspec.json.decode(path.read_bytes())
        whole[member] = _joined(whole[member], path.parent)
        return msgspec.convert(whole, t.Record)
    except (msgspec.DecodeError, msgspec.ValidationError, UnicodeDecodeError, KeyError, TypeError, OSError) as error:
        raise BadTree(f"{path}: {error}.") from error


def _joined(value: Any, place: Path) -> Any:
    if isinstance(value, dict):
        if value.keys() == {FILE} and isinstance(value[FILE], str):
            path = (place / value[FILE]).resolve()
            if not path.is_relative_to(place.resolve()):
                raise BadTree(f"{value[FILE]} is outside of its item.")
            return path.read_bytes().decode()
        if value.keys() == {QUOTED}:
            return {key: _joined(inner, place) for key, inner in value[QUOTED].items()}
        return {key: _joined(inner, place) for key, inner in value.items()}
    if isinstance(value, list):
        return [_joined(inner, place) for inner in value]
    return value
