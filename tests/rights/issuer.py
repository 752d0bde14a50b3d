"""An issuer for tests: keys, tokens signed with them, and a JWKS on this machine that can rotate, break and hang."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import jwt
import msgspec
from cryptography.hazmat.primitives.asymmetric import ec, rsa

ISSUER = "https://issuer.example"


class SigningKey:
    """A key pair."""

    def __init__(self, kid: str | None, algorithm: str = "RS256", bits: int = 2048) -> None:
        self.kid, self.algorithm = kid, algorithm
        self.private: Any
        if algorithm == "RS256":
            self.private = rsa.generate_private_key(public_exponent=65537, key_size=bits)
        else:
            self.private = ec.generate_private_key(ec.SECP256R1())

    def public(self, **more: Any) -> dict[str, Any]:
        maker = jwt.algorithms.RSAAlgorithm if self.algorithm == "RS256" else jwt.algorithms.ECAlgorithm
        found: dict[str, Any] = maker.to_jwk(self.private.public_key(), as_dict=True)
        return {**found, **({} if self.kid is None else {"kid": self.kid}), "use": "sig", **more}

    def sign(self, workspace: str, user: str = "ben", **claims: Any) -> str:
        now = time.time()
        body = {"sub": user, "workspace": workspace, "iss": ISSUER, "iat": now, "exp": now + 60, **claims}
        headers = None if self.kid is None else {"kid": self.kid}
        return jwt.encode(
            {k: v for k, v in body.items() if v is not None}, self.private, self.algorithm, headers=headers
        )


class Jwks:
    """The document and how it is served."""

    def __init__(self) -> None:
        self.keys: list[dict[str, Any]] = []
        self.asked = 0
        self.status = 200
        self.body: bytes | None = None
        self.url = ""

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await reader.readuntil(b"\r\n\r\n")
            self.asked += 1
            body = self.body if self.body is not None else msgspec.json.encode({"keys": self.keys})
            head = f"HTTP/1.1 {self.status} x\r\ncontent-length: {len(body)}\r\nlocation: http://127.0.0.1:1/\r\n"
            writer.write(head.encode() + b"connection: close\r\n\r\n" + body)
            await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()


@asynccontextmanager
async def jwks() -> AsyncIterator[Jwks]:
    """Serve a JWKS on this machine."""
    made = Jwks()
    server = await asyncio.start_server(made.serve, "127.0.0.1", 0)
    made.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/jwks"
    async with server:
        yield made
