"""Sessions of MCP clients over HTTP, of which no worker keeps anything: the id that a client sends back says it all.

Earlier versions of the protocol begin with `initialize`, where the client says who it is: the session id that we answer
with holds that name, a random part and a signature over both and the user. The version of 2026-07-28 has no sessions:
each request names the client, and those of one client with one token are one session for a day. Pure.
"""

import base64
import hashlib
import hmac
from typing import Any, Final

import msgspec

from draftwire.wire.agents import LABEL_CHARS

CLIENT: Final = "MCP client"  # one that does not say its name
INFO: Final = "io.modelcontextprotocol/clientInfo"
DAY_S: Final = 86_400


class Session(msgspec.Struct, frozen=True):
    """Who a client says it is, and the secret of its session. ``kept``: the client holds an id of it."""

    client: str
    secret: str
    kept: bool


class _Info(msgspec.Struct):
    name: str = ""


class _Params(msgspec.Struct):
    client_info: Any = msgspec.field(default=None, name="clientInfo")
    meta: dict[str, Any] | None = msgspec.field(default=None, name="_meta")


class SessionOpening(msgspec.Struct):
    """What of a message says who sends it."""

    method: str = ""
    params: _Params | None = None

    @property
    def client(self) -> str:
        """The name that the client gives itself, as an agent's label may be."""
        if self.params is None:
            return CLIENT
        info = self.params.client_info if self.method == "initialize" else (self.params.meta or {}).get(INFO)
        try:
            return label_of(msgspec.convert(info, _Info).name)
        except msgspec.ValidationError:
            return CLIENT


def opening_of(body: bytes) -> SessionOpening:
    """Look into a message; what is none is the SDK's to refuse."""
    try:
        return msgspec.json.decode(body, type=SessionOpening)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return SessionOpening()


def label_of(name: str) -> str:
    """A client's name as an agent's label."""
    return "".join(letter for letter in name if letter.isprintable()).strip()[:LABEL_CHARS].strip() or CLIENT


def sign(key: str, user: str, client: str, secret: str) -> str:
    """The id of a session: visible ASCII, as the protocol wants it."""
    said = _text(f"{secret} {client}".encode())
    return f"{said}.{_mac(key, 'session', user, said)}"


def read(key: str, user: str, session: str) -> Session | None:
    """The session that an id names; None if it is not this user's, or not ours."""
    said, _, mac = session.partition(".")
    if not hmac.compare_digest(mac.encode(), _mac(key, "session", user, said).encode()):
        return None
    secret, _, client = base64.urlsafe_b64decode(said + "=" * (-len(said) % 4)).decode().partition(" ")
    return Session(client, secret, kept=True)


def shared(key: str, user: str, client: str, token: str, now: float) -> Session:
    """The session of a client that holds no id: one for each token, client and day."""
    return Session(client, _mac(key, "shared", user, client, token, str(int(now // DAY_S))), kept=False)


def _mac(key: str, *parts: str) -> str:
    said = "\0".join(("mcp", *parts)).encode()
    return _text(hmac.new(key.encode(), said, hashlib.sha256).digest()[:24])


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
