"""Server frames, built once: the header of RFC 6455 §5.2 in front of a text payload, unmasked and whole."""

from typing import Final

_TEXT: Final = b"\x81"  # FIN and opcode 1


def text_frame(payload: bytes) -> bytes:
    """The bytes that go to a socket for one text message; ``payload`` is UTF-8."""
    size = len(payload)
    if size < 126:
        return b"%c%c%b" % (0x81, size, payload)
    if size < 65536:
        return b"".join((_TEXT, b"\x7e", size.to_bytes(2, "big"), payload))
    return b"".join((_TEXT, b"\x7f", size.to_bytes(8, "big"), payload))


def payloads(frames: bytes) -> list[bytes]:
    """The payloads of ready frames, for servers that frame by themselves."""
    found = []
    at = 0
    while at < len(frames):
        size = frames[at + 1]
        body = at + 2
        if size == 126:
            size = int.from_bytes(frames[body : body + 2], "big")
            body += 2
        elif size == 127:
            size = int.from_bytes(frames[body : body + 8], "big")
            body += 8
        found.append(frames[body : body + size])
        at = body + size
    return found
