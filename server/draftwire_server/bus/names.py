"""Every key of Redis and every name of a channel is made here, and nowhere else: a test looks.

Two rules that no caller can miss. A name of something in a workspace begins with the workspace, because ids are equal
in two workspaces after an import; whatever all workers hear on one channel carries its workspace in front. And every
name begins with the installation, because installations share a Redis: another number of a database keeps their keys
apart, but not their channels. The installation is read from Postgres, so names are known only once that has answered;
until then nothing is kept, told or heard, as if Redis were away.
"""

import asyncio
from typing import Final, Literal, NamedTuple

PREFIX: Final = "dw"
SEPARATOR: Final = b"\0"  # ends the workspace in front of a message: no id holds it

Kind = Literal[
    "draft",  # channel: what is committed in it
    "item",  # channel: who came to an item, changed or went; the key: who is there
    "present",  # key: the items of a workspace at which somebody is
    "attempt",  # key: renewals of a session without a connection
    "pace",  # key: when a bucket is empty again
]
Topic = Literal["asks", "alerts", "events", "runs", "sessions"]  # channels that every worker hears
OfWorker = Literal["lease", "probe"]


class Channel(NamedTuple):
    """What is told of one thing in a workspace."""

    workspace: str
    kind: Kind
    id: str


class Names:
    """Makes names. Raises `ValueError` without a workspace, `RuntimeError` before the installation is known."""

    def __init__(self) -> None:
        self._installation = ""
        self._known = asyncio.Event()

    @property
    def known(self) -> bool:
        """Whether names can be made."""
        return self._known.is_set()

    async def wait(self) -> None:
        """Wait until names can be made."""
        await self._known.wait()

    def settle(self, installation: str) -> None:
        """Say whose names these are; once, and before anything is kept."""
        if not installation or (self._installation and self._installation != installation):
            raise ValueError("an installation has one id")
        self._installation = installation
        self._known.set()

    def of(self, workspace: str, kind: Kind, name: str = "") -> str:
        """The name of something in a workspace."""
        if not workspace:
            raise ValueError("a name needs its workspace")
        return f"{self._prefix}:w:{_quoted(workspace)}:{kind}:{name}"

    def of_channel(self, channel: Channel) -> str:
        """The name of a workspace's channel."""
        return self.of(*channel)

    def of_topic(self, topic: Topic) -> str:
        """The name of a channel on which the workers tell each other of all workspaces."""
        return f"{self._prefix}:all:{topic}"

    def of_worker(self, kind: OfWorker, worker: str) -> str:
        """The name of something of a worker's own: nothing of any workspace is in it."""
        return f"{self._prefix}:{kind}:{worker}"

    @property
    def _prefix(self) -> str:
        if not self._installation:
            raise RuntimeError("the installation is not known yet")
        return f"{PREFIX}:{self._installation}"


def company(installation: str) -> str:
    """The key under which all that bears an installation's id tells of itself, copies of its database too."""
    return f"{PREFIX}:company:{installation}"


def check_channel(nonce: str) -> str:
    """A channel of nobody's, for one message to oneself."""
    return f"{PREFIX}:check:{nonce}"


def with_workspace(workspace: str, payload: bytes) -> bytes:
    """A message for a topic."""
    if not workspace:
        raise ValueError("a message needs its workspace")
    return workspace.encode() + SEPARATOR + payload


def workspace_of(message: bytes) -> tuple[str, bytes] | None:
    """Take a message of a topic apart; None if it is none."""
    workspace, found, payload = message.partition(SEPARATOR)
    try:
        return (workspace.decode(), payload) if found and workspace else None
    except UnicodeDecodeError:
        return None


def _quoted(workspace: str) -> str:
    return workspace.replace("%", "%25").replace(":", "%3A")
