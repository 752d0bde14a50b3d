"""An outage as a loop lives through it: said once when it begins and once when it is over, with ever longer pauses."""

import logging
import random
from typing import Final

from draftwire_server.store.quiet import told

FIRST_S: Final = 0.05
MOST_S: Final = 1.0


class Outage:
    """What one loop meets; ``what`` is what can't be done meanwhile. The owner counts failures and successes."""

    def __init__(self, log: logging.Logger, what: str) -> None:
        self._log = log
        self._what = what
        self._failures = 0

    @property
    def under_way(self) -> bool:
        """Whether the last try failed."""
        return self._failures > 0

    def failed(self, error: BaseException) -> float:
        """Note a failure; gives the seconds to wait before the next try."""
        if not self._failures:
            self._log.warning("%s: %s; trying again", self._what, told(error))
        self._failures += 1
        most_s = min(MOST_S, FIRST_S * 2.0 ** min(self._failures - 1, 10))
        return random.uniform(most_s / 2, most_s)  # noqa: S311 — spreads, no secret

    def over(self) -> None:
        """Note a success."""
        if self._failures:
            self._log.warning("%s: over, after %d failed tries", self._what, self._failures)
            self._failures = 0
