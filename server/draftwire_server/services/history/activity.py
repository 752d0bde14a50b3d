"""How much is edited where: per minute, by item and by AI session, as far as the asker may read the drafts.

What a single person does is nobody's dashboard, unless an admin has switched that on: people are in the sums of items.
"""

import time
from collections import defaultdict

from draftwire.rest.activity import Activity, ActivityQuery, AgentActivity, ItemActivity, PersonActivity
from draftwire_server.core.access.access import visible
from draftwire_server.limits.pages import ACTIVITY_BATCHES, ACTIVITY_DRAFTS
from draftwire_server.services.access.identity import Principal
from draftwire_server.services.access.names import People
from draftwire_server.services.people.workspaces import settings_of
from draftwire_server.store.history import activity
from draftwire_server.store.history.activity import MinuteRow
from draftwire_server.store.postgres import Database


class ActivityCount:
    """See the module."""

    def __init__(self, database: Database, people: People) -> None:
        self._database = database
        self._people = people

    async def per_minute(self, principal: Principal, query: ActivityQuery) -> Activity:
        """Edits of the last minutes, the one that runs included. Operators know of no drafts, so of none."""
        workspace, until = principal.workspace.id, time.time()
        counts_people = settings_of(principal.workspace.settings).counts_people
        if principal.access.role == "operator":
            return Activity(until, (), (), counts_people=counts_people)
        since = until - until % 60 - (query.minutes - 1) * 60
        async with self._database.acquired() as connection:
            found = await activity.active_drafts(
                connection, workspace, visible(principal.access, until), since, ACTIVITY_DRAFTS
            )
            drafts = {row.draft: row for row in found if principal.may("read_draft", row.place)}
            rows = await activity.count_minutes(
                connection, workspace, list(drafts.values()), since, until, ACTIVITY_BATCHES
            )
        actors = await self._people.load(workspace, {row.actor for row in rows})
        items: dict[str, list[int]] = defaultdict(lambda: [0] * query.minutes)
        agents: dict[tuple[str, str | None, str], list[MinuteRow]] = defaultdict(list)
        for row in rows:
            item = drafts[row.draft].item
            _add(items[item], row)
            if actors[row.actor].kind == "agent":
                agents[row.actor, row.run, item].append(row)
        sessions = []
        for (actor, run, item), minutes in agents.items():
            edits = [0] * query.minutes
            for row in minutes:
                _add(edits, row)
            last_at = max(row.last_at for row in minutes)
            sessions.append(AgentActivity(actors[actor], item, tuple(edits), last_at, run))
        people: dict[str, list[int]] = defaultdict(lambda: [0] * query.minutes)
        if counts_people:
            for row in rows:
                if actors[row.actor].kind == "user":
                    _add(people[row.actor], row)
        counted = [ItemActivity(item, tuple(edits)) for item, edits in items.items()]
        return Activity(
            until,
            tuple(sorted(counted, key=lambda one: (-sum(one.edits), one.item))),
            tuple(sorted(sessions, key=lambda one: (-one.last_at, one.item))),
            truncated=len(found) == ACTIVITY_DRAFTS,
            people=tuple(
                PersonActivity(actors[actor], tuple(edits))
                for actor, edits in sorted(people.items(), key=lambda one: (-sum(one[1]), one[0]))
            ),
            counts_people=counts_people,
        )


def _add(edits: list[int], row: MinuteRow) -> None:
    if 0 <= row.minutes_ago < len(edits):
        edits[-1 - row.minutes_ago] += row.batches
