"""How far everybody has looked: kept in memory, written once a second, never backwards."""

from draftwire_server.store.live import logs
from draftwire_server.store.postgres import Database

WAITING = 50_000  # entries between two writes; the rest is told again by the next message


class SeenBuffer:
    """Collects `seen` of messages and edits."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._waiting: dict[tuple[str, str, str], tuple[int, int]] = {}

    def see(self, workspace: str, draft: str, actor: str, generation: int, seq: int) -> None:
        """An actor has the state at ``seq`` on screen."""
        key = (workspace, draft, actor)
        if len(self._waiting) < WAITING:
            self._waiting[key] = max((generation, seq), self._waiting.get(key, (0, 0)))

    async def write(self) -> None:
        """Write what waits. Raises `Problem` unavailable; it then still waits."""
        if not self._waiting:
            return
        waiting, self._waiting = self._waiting, {}
        try:
            async with self._database.acquired() as connection:
                await logs.save_seen(
                    connection, [(*key, generation, seq) for key, (generation, seq) in waiting.items()]
                )
        except BaseException:
            for key, value in waiting.items():
                self._waiting.setdefault(key, value)
            raise
