"""The tree of an export: whatever documents hold, it comes back as it was."""

import tempfile
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from draftwire.rest import transfer as t
from draftwire_server.cli.items.tree import DEVICES, BadTree, read_tree, write_tree

names = st.sampled_from(
    ["content", "$file", "$quoted", "a/b", "..", "id", "language", "modules", "ä", "", "Content", "con", "aux.py", "x."]
)
values: Any = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.text(st.characters(codec="utf-8"), max_size=8)
    | st.sampled_from(["one\ntwo\n", "\r\n", "../x\n", "python3"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner, max_size=3),
    max_leaves=12,
)  # fmt: skip
documents = st.dictionaries(names, values, max_size=4)
paths = st.none() | st.sampled_from(
    ["f/a/x", "f/a/x.script", "u/ä/../y", "f/item.json/v1", "g/b/c/d", "f/A/X", "f/a/X", "f/con/aux.py", "f/a/x."]
)


@given(st.lists(st.tuples(paths, st.lists(documents, max_size=2), documents), max_size=4))
def test_a_tree_comes_back_as_it_was(given_items: list[tuple[str | None, list[Any], Any]]) -> None:
    records: list[t.Record] = [t.ExportHeader(1), t.MemberRecord("ada", "Ada", "admin", None, 1.5)]
    by = t.By("ada")
    for number, (path, versions, initial) in enumerate(given_items):
        item = f"item{number}"
        records.append(t.ItemRecord(item, "script", path, "ada", initial, 1.0, 2.0))
        for n, value in enumerate(versions, 1):
            records.append(t.VersionRecord(item, n, "h", "c", by, by, 3.0, value))
        writers = (t.WriterRecord(1, by, 1.0),)
        records += [
            t.DraftRecord(
                item, "own", owner, "readable", 1, 0, 0, 0, initial, (), ("/content",), 1.0, 2.0, writers, ()
            )
            for owner in ("ada", "b/d")
        ]  # fmt: skip
    with tempfile.TemporaryDirectory() as directory:
        root = Path(directory) / "tree"
        written = list(write_tree(root, records))
        assert [msgspec.json.encode(r) for r in read_tree(root)] == [msgspec.json.encode(r) for r in written]
        assert all(path.resolve().is_relative_to(root.resolve()) for path in root.rglob("*"))
        told = [str(path).casefold() for path in root.rglob("*") if path.is_file()]
        assert len(told) == len(set(told)), "two files are one where case does not count"
        assert not [p for p in root.rglob("*") if p.name.partition(".")[0].casefold() in DEVICES or p.name[-1] in ". "]


def test_a_tree_reads_no_file_outside_of_an_item(tmp_path: Path) -> None:
    root = tmp_path / "tree"
    list(
        write_tree(
            root, [t.ExportHeader(1), t.ItemRecord("i", "script", "f/a/b", "ada", {"content": "1\n2"}, 1.0, 1.0)]
        )
    )
    file = root / "items/f/a/b.script/item.json"
    (tmp_path / "passwords").write_text("secret")
    file.write_text(file.read_text().replace("item/content.txt", "../../../../../passwords"))
    with pytest.raises(BadTree, match="outside"):
        list(read_tree(root))
