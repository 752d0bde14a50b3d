"""Made by `make generate` from draftwire.rest: change it there."""

from collections.abc import Mapping
from typing import Literal

from draftwire.api.asking import Asking
from draftwire.rest.alerts import AlertChoice, AlertInfo, AlertPage, AlertQuery, AlertResolved
from draftwire.rest.merging import OwnText


class AlertsCalls:
    """Requests of `Api.alerts`."""

    def __init__(self, api: Asking) -> None:
        self._api = api

    async def list(
        self,
        *,
        draft: str | None = None,
        item: str | None = None,
        mine: bool = False,
        state: Literal["open", "closed", "resolved", "all"] = "open",
        cursor: str | None = None,
        limit: int = 50,
    ) -> AlertPage:
        """List alerts.

        Returns the alerts of a draft or an item, or the ones you are involved in. Newest first.

        Who may: everyone who can read the drafts.

        Raises:
            Problem: bad_cursor.
        """
        return await self._api.ask(
            AlertPage,
            "GET",
            await self._api.in_workspace("alerts"),
            query=AlertQuery(draft=draft, item=item, mine=mine, state=state, cursor=cursor, limit=limit),
        )

    async def get(self, alert: str) -> AlertInfo:
        """Get an alert.

        Returns the people involved, the place, both texts, and how the alert ended.

        Who may: everyone who can read the draft.
        """
        return await self._api.ask(AlertInfo, "GET", await self._api.in_workspace("alerts", alert))

    async def resolve(
        self,
        alert: str,
        keep: Literal["mine", "theirs"] | None = None,
        *,
        resolutions: Mapping[str, Literal["mine", "theirs"] | OwnText] | None = None,
        rest: Literal["mine", "theirs"] | None = None,
        idempotency_key: str | None = None,
    ) -> AlertResolved:
        """Resolve an alert.

        Ends the alert, and puts one side's text in place if you ask for it. The other side's text goes to its author's
        stash.

        Who may: everyone who can edit the draft; the text of a refused save only its author.

        Raises:
            Problem: alert_over, forbidden, merge_conflict, read_only, mode_forbids, generation_changed, rewound,
                base_ahead, base_expired, bad_etag, plain_secret, unknown_secret, idempotency_reused, too_large,
                no_such_place, bad_id, id_fixed, not_text.
        """
        return await self._api.ask(
            AlertResolved,
            "POST",
            await self._api.in_workspace("alerts", alert, "resolve"),
            body=AlertChoice(resolutions=dict(resolutions or {}), rest=rest, keep=keep),
            headers={"idempotency-key": idempotency_key},
        )
