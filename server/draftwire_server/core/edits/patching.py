"""Parts of a document changed by a request: our ops, RFC 6902, or texts replaced in texts. Pure.

Each kind of change is resolved at the state that the request names, one after the other, all or none; what comes out
is the whole document, which is then saved like one.
"""

from collections.abc import Sequence
from typing import Any, Final

import msgspec

from draftwire.document.batch import Batch
from draftwire.document.document import Document
from draftwire.document.ops import Op, Text
from draftwire.document.values import same
from draftwire.errors import OpError, Problem
from draftwire.rest.drafts import PatchOp, TextEdit
from draftwire.text.lines import lf

APPEND: Final = "-"  # as an array's index: behind the last element
EDITS_LOOK_THROUGH: Final = 600_000_000  # characters by all edits of a request: 600 in a text of a million take 1.4 s
MINE: Final = 0  # ids that collide get no writer's mark yet: the save finds out


def with_ops(document: Document, ops: Sequence[Op]) -> Document:
    """The document after our ops. Raises `Problem` with the op's index, as live edits are refused."""
    batch = Batch(document)
    for index, op in enumerate(ops):
        if isinstance(op, Text):
            op = Text(op.at, tuple((at, delete, lf(insert)) for at, delete, insert in op.s))
        try:
            batch.check(op)
        except OpError as error:
            raise error.problem(index=index, at=op.at) from error
        _, renamed = batch.apply(op, MINE)
        if renamed:
            raise Problem("duplicate_id", detail={"index": index, "at": op.at})
    return batch.document()


def with_edits(document: Document, edits: Sequence[TextEdit]) -> Document:
    """The document with texts replaced: each ``old`` must stand in its leaf exactly once.

    Raises:
        Problem: no_single_match, not_text, no_such_place, bad_text, too_much_work.
    """
    texts: dict[str, str] = {}  # the leaves that are changed, as they read by now
    looked_through = 0
    for index, edit in enumerate(edits):
        detail: dict[str, Any] = {"index": index, "at": edit.at}
        leaf = texts.get(edit.at)
        if leaf is None:
            leaf = _leaf(document, edit.at, detail)
        looked_through += len(leaf)
        if looked_through > EDITS_LOOK_THROUGH:
            raise Problem("too_much_work", "The edits take too long to process. Send fewer at once.")
        old, new = lf(edit.old), lf(edit.new)
        found = leaf.find(old) if old or not leaf else -1
        again = found >= 0 and old and leaf.find(old, found + 1) >= 0
        if found < 0 or again:
            count = 0 if found < 0 else leaf.count(old)
            matches = max(count, 2 if again else 0)
            message = f"The old text occurs {matches} times in the leaf. It must occur exactly once."
            raise Problem("no_single_match", message, detail=detail | {"matches": matches})
        check = Text(edit.at, ((0, 0, new),))  # an insert is checked where it costs nothing
        try:
            document.check(check)
        except OpError as error:
            raise error.problem(**detail) from error
        texts[edit.at] = f"{leaf[:found]}{new}{leaf[found + len(old) :]}"
    for at, text in texts.items():
        document = document.with_text(at, text)
    return document


def _leaf(document: Document, at: str, detail: dict[str, Any]) -> str:
    """The text at an address. Raises `Problem`."""
    place, leaf = document.place(at), document.get(at)
    if place is None or leaf is None:
        raise Problem("no_such_place", detail=detail)
    if not place.text or not isinstance(leaf, str):
        raise Problem("not_text", detail=detail)
    return leaf


def with_patch(value: dict[str, Any], operations: Sequence[PatchOp]) -> dict[str, Any]:
    """The value after RFC 6902 operations; pointers lead from the root, arrays by index.

    Raises:
        Problem: patch_unsupported, test_failed, no_such_place, bad_address, bad_message, not_an_object.
    """
    root: Any = msgspec.json.decode(msgspec.json.encode(value))
    for index, operation in enumerate(operations):
        detail = {"index": index, "path": operation.path}
        if operation.op not in ("add", "replace", "remove", "test"):
            raise Problem("patch_unsupported", detail=detail | {"op": operation.op[:32]})
        if operation.op != "remove" and operation.value is msgspec.UNSET:
            raise Problem("bad_message", "A value is missing.", detail=detail)
        tokens = _tokens(operation.path, detail)
        if not tokens:
            root = _at_root(root, operation, detail)
            continue
        parent = root
        for token in tokens[:-1]:
            parent = _inside(parent, token, detail)
        _change(parent, tokens[-1], operation, detail)
    if not isinstance(root, dict):
        raise Problem("not_an_object")
    return root


def _tokens(path: str, detail: dict[str, Any]) -> list[str]:
    """Read a pointer (RFC 6901)."""
    if path == "":
        return []
    if not path.startswith("/") or any(rest[:1] not in ("0", "1") for rest in path.split("~")[1:]):
        raise Problem("bad_address", detail=detail)
    return [token.replace("~1", "/").replace("~0", "~") for token in path[1:].split("/")]


def _at_root(root: Any, operation: PatchOp, detail: dict[str, Any]) -> Any:
    if operation.op == "test":
        _test(root, operation, detail)
        return root
    if operation.op == "remove":
        raise Problem("root_fixed", detail=detail)
    return operation.value


def _inside(node: Any, token: str, detail: dict[str, Any]) -> Any:
    if isinstance(node, dict) and token in node:
        return node[token]
    if isinstance(node, list):
        return node[_index(token, len(node) - 1, detail)]
    raise Problem("no_such_place", detail=detail)


def _index(name: str, last: int, detail: dict[str, Any]) -> int:
    if not name.isascii() or not name.isdigit() or (len(name) > 1 and name[0] == "0") or len(name) > 9:
        raise Problem("bad_address" if name != APPEND else "no_such_place", detail=detail)
    index = int(name)
    if index > last:
        raise Problem("no_such_place", detail=detail)
    return index


def _change(parent: Any, name: str, operation: PatchOp, detail: dict[str, Any]) -> None:
    if operation.op == "add":
        if isinstance(parent, dict):
            parent[name] = operation.value
        elif isinstance(parent, list):
            at = len(parent) if name == APPEND else _index(name, len(parent), detail)
            parent.insert(at, operation.value)
        else:
            raise Problem("no_such_place", detail=detail)
        return
    there = _inside(parent, name, detail)
    if operation.op == "test":
        _test(there, operation, detail)
    elif operation.op == "replace":
        parent[name if isinstance(parent, dict) else int(name)] = operation.value
    else:
        del parent[name if isinstance(parent, dict) else int(name)]


def _test(there: Any, operation: PatchOp, detail: dict[str, Any]) -> None:
    if not same(there, operation.value):
        raise Problem("test_failed", detail=detail)
