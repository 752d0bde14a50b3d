"""Alerts, over HTTP."""

from typing import TYPE_CHECKING, Literal

from draftwire.api.adopting import Resolutions
from draftwire.rest.alerts import AlertChoice, AlertInfo, AlertPage, AlertResolved
from draftwire.rest.merging import Side

if TYPE_CHECKING:
    from draftwire.api.connection import Api


class AlertsApi:
    """`Api.alerts`."""

    def __init__(self, api: "Api") -> None:
        self._api = api

    async def list(
        self,
        *,
        draft: str | None = None,
        item: str | None = None,
        mine: bool = False,
        state: Literal["open", "closed", "resolved", "all"] = "open",
        cursor: str | None = None,
        limit: int | None = None,
    ) -> AlertPage:
        """A page of alerts, newest first: of a draft, of an item, else those that one is a party of."""
        query = {"draft": draft, "item": item, "mine": "true" if mine else None, "state": state}
        query |= {"cursor": cursor, "limit": None if limit is None else str(limit)}
        return await self._api.ask(AlertPage, "GET", await self._api.in_workspace("alerts"), query=query)

    async def get(self, alert: str) -> AlertInfo:
        """One alert. Raises `Problem` not_found."""
        return await self._api.ask(AlertInfo, "GET", await self._api.in_workspace("alerts", alert))

    async def resolve(
        self,
        alert: str,
        keep: Side | None = None,
        *,
        resolutions: Resolutions | None = None,
        rest: Side | None = None,
        idempotency_key: str | None = None,
    ) -> AlertResolved:
        """End an alert, with one side's text if said. Raises `Problem` alert_over, merge_conflict, …"""
        body = AlertChoice(keep=keep, resolutions=dict(resolutions or {}), rest=rest)
        path = await self._api.in_workspace("alerts", alert, "resolve")
        return await self._api.ask(AlertResolved, "POST", path, body=body, headers={"idempotency-key": idempotency_key})
