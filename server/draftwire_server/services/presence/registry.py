"""Whether a session is connected and follows a draft, as far as this worker can know."""

from draftwire_server.services.live.live import LiveDraft
from draftwire_server.services.presence.connections import Connections
from draftwire_server.services.presence.presence import PresenceService


class SessionRegistry:
    """Asks this worker's connections, then the presence of the others."""

    def __init__(self, connections: Connections, presence: PresenceService) -> None:
        self._connections = connections
        self._presence = presence

    async def is_live(self, sid: str, live: LiveDraft) -> bool:
        """Whether the session types in this draft over a connection."""
        if self._connections.follows(live.workspace, sid, live.id):
            return True
        return await self._presence.is_elsewhere(live.workspace, live.item.id, sid, live.id)
