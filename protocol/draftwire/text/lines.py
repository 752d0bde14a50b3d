"""Line ends: a text leaf holds LF alone, and every door for whole texts takes CRLF and CR for it."""


def lf(text: str) -> str:
    """Give the text with LF for every CRLF and CR; itself if it has none."""
    return text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text
