"""What an agent may be called; who acts is told by it in lists, carets and histories."""

from typing import Final

from draftwire.errors import Problem

LABEL_CHARS: Final = 200


def check_label(label: str) -> None:
    """Refuse what can't be an agent's label, over HTTP and WebSocket alike. Raises `Problem` bad_message."""
    # A header's value loses the spaces around it: the same agent would be two.
    if not label or label != label.strip() or len(label) > LABEL_CHARS or not label.isprintable():
        raise Problem(
            "bad_message",
            f"An agent's label must have 1 to {LABEL_CHARS} printable characters, without spaces at its ends.",
        )
