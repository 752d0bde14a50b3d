"""The etag of a draft's state as headers write it (RFC 9110 §8.8.3)."""


def quoted(etag: str) -> str:
    """An etag as a header holds it; one that is quoted already stays as it is."""
    return etag if etag.startswith(('"', "W/")) else f'"{etag}"'


def unquoted(header: str) -> str:
    """The etag that a header holds, weak or not."""
    return header.removeprefix("W/").replace('"', "")
