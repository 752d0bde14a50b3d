"""Alerts over HTTP: conflicts that people need to know about, and how they end."""

from typing import Any, Literal

import msgspec

from draftwire.rest.adopting import MERGES
from draftwire.rest.merging import Resolved, Side
from draftwire.rest.route import ONCE, Route
from draftwire.wire.messages import ActorInfo, Alert, Positive


class AlertQuery(msgspec.Struct, frozen=True, omit_defaults=True):
    """Which alerts: of a draft, of an item, or, with neither or with ``mine``, those you are involved in. Paged."""

    draft: str | None = None
    item: str | None = None
    mine: bool = False
    state: Literal["open", "closed", "resolved", "all"] = "open"
    cursor: str | None = None
    limit: Positive = 50


class AlertInfo(msgspec.Struct, frozen=True, omit_defaults=True):
    """An alert and how it ended."""

    alert: Alert
    item: str
    resolution: str | None = None
    resolver: ActorInfo | None = None


class AlertPage(msgspec.Struct, frozen=True, omit_defaults=True):
    """A page of alerts, newest first. ``next`` is the cursor of the next page."""

    alerts: tuple[AlertInfo, ...]
    next: str | None = None


class AlertChoice(Resolved, frozen=True, omit_defaults=True, forbid_unknown_fields=True, kw_only=True):
    """Whose text to keep: ``mine`` or ``theirs``. Without ``keep``, the alert is resolved and the draft stays as it is.

    If the place has changed since, 409 `merge_conflict` asks for choices. In ``resolutions`` and ``rest``, ``mine`` is
    then the kept side and ``theirs`` the current draft.
    """

    keep: Side | None = None


class AlertResolved(msgspec.Struct, frozen=True, omit_defaults=True):
    """The draft after the alert was resolved. ``stash`` is your stash entry that this created, if any."""

    alert: str
    draft: str
    etag: str
    changed: bool
    value: Any
    state: Literal["resolved"] = "resolved"
    stash: str | None = None


# ---- routes

LIST_ALERTS = Route(
    id="list_alerts",
    method="GET",
    path="alerts",
    api="alerts.list",
    query=AlertQuery,
    answer=AlertPage,
    codes=("bad_cursor",),
    summary="List alerts",
    description="Returns the alerts of a draft or an item, or the ones you are involved in. Newest first.",
    who="everyone who can read the drafts",
)

GET_ALERT = Route(
    id="get_alert",
    method="GET",
    path="alerts/{alert}",
    api="alerts.get",
    answer=AlertInfo,
    summary="Get an alert",
    description="Returns the people involved, the place, both texts, and how the alert ended.",
    who="everyone who can read the draft",
)

CHOOSE_ALERT = Route(
    id="choose_alert",
    method="POST",
    path="alerts/{alert}/resolve",
    api="alerts.resolve",
    first=("keep",),
    body=AlertChoice,
    answer=AlertResolved,
    headers=ONCE,
    codes=("alert_over", "forbidden", *MERGES),
    summary="Resolve an alert",
    description="""
    Ends the alert, and puts one side's text in place if you ask for it. The other side's text goes to its author's
    stash.
    """,
    who="everyone who can edit the draft; the text of a refused save only its author",
)
