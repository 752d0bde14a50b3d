"""What may enter a draft: no secret in plain text, no CR in a text leaf, not too much. Held against every effect."""

from typing import Any

from draftwire.document.address import escape
from draftwire.document.document import Document
from draftwire.document.ops import Effect, Insert, Move, Op, Remove, Set, Text
from draftwire.errors import Problem
from draftwire.wire.codec import check_value
from draftwire_server.core.edits.plan import NeedsSecrets
from draftwire_server.core.edits.whole import with_lf
from draftwire_server.core.kinds.kinds import markers, masked, plain_secrets
from draftwire_server.services.live.parts.state import DraftState


class SecretGuard:
    """See the module. Knows which markers name secrets of the item, as far as an edit has asked."""

    def __init__(self, state: DraftState) -> None:
        self._state = state
        self._known: set[str] = set()

    def learn(self, secrets: set[str]) -> None:
        """Note that secrets are the item's."""
        self._known |= secrets

    def __call__(self, document: Document, effect: Effect) -> None:
        """Refuse what may not enter ops, snapshots or hashes.

        Raises:
            Problem: plain_secret, bad_text, too_large, too_deep.
            NeedsSecrets: a marker is not known to name a secret of the item.
        """
        op, kind = effect.op, self._state.kind
        if self._state.bytes_at_most > kind.limits.document_bytes:
            self._check_room(op)
        if isinstance(op, Insert) and document.element_count > kind.limits.elements:
            raise Problem("too_large", f"The document can have at most {kind.limits.elements} elements.")
        if kind.secret:
            self._check_secrets(document, op)
        if isinstance(op, Remove | Text):
            return  # the ops of text were looked at by themselves
        at = _target(op)
        path = document.path(at)
        if path is None:
            return
        value = document.get(at)
        if isinstance(value, dict | list):
            check_value(value, len(path))  # how deep it stands counts too
        if isinstance(op, Set | Insert) and with_lf(kind, value, path) is not value:
            raise Problem("bad_text", "A text leaf can't contain CR. Use LF as line end.", detail={"at": at})

    def _check_secrets(self, document: Document, op: Op) -> None:
        """Look at what an op leaves behind, and at the secret that it lies inside of: that must be a marker still."""
        kind = self._state.kind
        at = _owner_of(op.at) if isinstance(op, Remove) else _target(op)
        path = document.path(at)
        if path is None:
            return
        shape = kind.secret_shape
        above = next((n for n in range(len(path) + 1) if shape.at(path[:n]).text), None)
        if above is not None:
            inside = len(path) - above
            if inside > at.count("/"):  # an element inside of a secret: that is no marker
                raise Problem("plain_secret", detail={"at": [at]})
            at, path = at.rsplit("/", inside)[0] if inside else at, path[:above]
        elif isinstance(op, Remove):
            return
        value = document.get(at)
        found = plain_secrets(kind, value, path)
        if found:
            raise Problem("plain_secret", detail={"at": [at + pointer for pointer in found]})
        marked = markers(kind, value, path)
        unknown = {at + pointer: secret for pointer, secret in marked.items() if secret not in self._known}
        if unknown:
            raise NeedsSecrets(unknown)

    def _check_room(self, op: Op) -> None:
        """Refuse to let a full document grow. Raises `Problem` too_large; what only deletes may always go on."""
        most = self._state.kind.limits.document_bytes
        if self._state.measure() > most and _grows(op):  # measured only when the sum of all ops says that it might be
            raise Problem("too_large", f"The document can have at most {most} bytes.")

    def masked(self, at: str, value: Any) -> Any:
        """Give a text for the stash or an alert, without secrets that were typed in plain where they may not stand."""
        kind = self._state.kind
        return masked(kind, value, at, self._state.replica.document.path(at)) if kind.secret else value


def _owner_of(at: str) -> str:
    """Give the address around an address; of an element it is gone with the element."""
    return at.rpartition("/")[0]


def _target(op: Op) -> str:
    """The address of what an op leaves behind."""
    return escape(op.v["id"]) if isinstance(op, Insert) else escape(op.id) if isinstance(op, Move) else op.at


def _grows(op: Op) -> bool:
    return isinstance(op, Set | Insert) or (isinstance(op, Text) and any(insert for _, _, insert in op.s))
