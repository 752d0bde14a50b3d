"""How long to wait before the next try: full jitter, so that those who were cut off at once don't come back at once."""

from typing import Final

BASE_S: Final = 0.25
CAP_S: Final = 10.0
DOUBLINGS: Final = 10  # beyond the cap in any case; a number of failures has no bound


def pause_s(failures: int, share: float) -> float:
    """How long to wait after ``failures`` in a row before this one; ``share`` of the ceiling, drawn from 0 … 1."""
    return share * min(CAP_S, BASE_S * 2.0 ** min(failures, DOUBLINGS))
