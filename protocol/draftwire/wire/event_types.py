"""The types of events, the whole list; what each is about stands in docs/events.md.

A type never changes its meaning. New ones may come with any release, so readers pass over what they don't know.
"""

from typing import Final, Literal, get_args

EventType = Literal[
    "item.created", "item.imported", "item.moved", "item.changed", "item.archived", "item.unarchived", "item.deleted",
    "item.undeleted",
    "draft.begun", "draft.imported", "draft.discarded", "draft.kept", "draft.visibility", "draft.guests",
    "ask.made", "ask.granted", "ask.declined", "ask.withdrawn",
    "run.began", "run.paused", "run.resumed", "run.stopped", "run.ended", "run.stream_ended",
    "suggestion.begun", "suggestion.accepted", "suggestion.rejected",
    "alert.opened", "alert.closed", "alert.resolved",
    "secret.set", "secret.removed", "secret.read", "secret.dropped",
    "version.deployed", "version.imported",
    "kind.changed",
    "member.added", "member.imported", "member.changed", "member.removed", "member.restored", "member.erased",
    "member.signed_out",
    "group.added", "group.changed", "group.removed",
    "folder.added", "folder.changed", "folder.removed",
    "grant.given", "grant.ended",
    "key.made", "key.revoked",
    "token.revoked", "identity.changed", "directory.synced", "workspace.changed",
    "webhook.made", "webhook.changed", "webhook.deleted", "webhook.rotated", "webhook.failed",
]  # fmt: skip
EVENT_TYPES: Final[tuple[EventType, ...]] = get_args(EventType)
