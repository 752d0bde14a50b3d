"""Names in the drafts that a worker follows: read again when rights move, so that who was erased is named no more."""

from draftwire_server.services.access.names import People
from draftwire_server.services.live.drafts import Drafts
from draftwire_server.services.live.live import LiveDraft


class DraftNames:
    """See the module."""

    def __init__(self, drafts: Drafts, people: People) -> None:
        self._drafts = drafts
        self._people = people

    async def refresh(self, workspace: str) -> None:
        """Name the writers of followed drafts, and the sides of their alerts, as they are called now."""
        await self._people.refresh(workspace)
        followed = [live for live in self._drafts if live.workspace == workspace]
        actors = {actor for live in followed for actor in _actors(live)}
        if actors:
            infos = await self._people.load(workspace, actors)
            for live in followed:
                live.state.rename(infos)


def _actors(live: LiveDraft) -> set[str]:
    writers = {writer.actor.id for writer in live.writer_infos.values()}
    return writers | {side.actor.id for alert in live.alerts.values() for side in alert.sides}
