"""Stable codes: why a command is refused, and why a connection ends.

A code never changes its meaning; texts may. `Problem` carries data and is turned into a message or an HTTP answer in
one place of the server. Close codes 4000–4499 mean "come back", 4500–4999 "don't, as you are".
"""

from typing import Any, Final

import msgspec


class Code(msgspec.Struct, frozen=True):
    """A refusal: its HTTP status, a sentence for people, and whether the same request may pass later."""

    code: str
    status: int
    title: str
    retry: bool = False


def _codes(*codes: Code) -> dict[str, Code]:
    return {code.code: code for code in codes}


CODES: Final = _codes(
    # reading a request
    Code("bad_json", 400, "The message is not valid JSON."),
    Code("bad_message", 400, "The message has a wrong shape."),
    Code("unknown_message", 400, "The message type is unknown."),
    Code("duplicate_key", 400, "An object has the same member twice."),
    Code("bad_number", 400, "A number is not finite, or an integer beyond ±2^53 that readers would round."),
    Code("bad_text", 400, "A text holds U+0000, a lone surrogate, or CR where only LF may stand."),
    Code("bad_member", 400, "A member may not be named __proto__."),
    Code("too_deep", 400, "The value is nested too deep."),
    Code("too_large", 413, "The request is too large."),
    Code("too_much_work", 422, "That would take the server too long."),
    Code("too_many", 429, "Too many at once.", retry=True),
    Code("quota", 429, "That is all that may be kept.", retry=True),
    Code("too_fast", 429, "Too many requests in this time.", retry=True),
    # who and what
    Code("unauthenticated", 401, "A valid token is needed."),
    Code("token_expired", 401, "The token has expired.", retry=True),
    Code("forbidden", 403, "You may not do that here."),
    Code("read_only", 403, "You can look at this draft, not type in it."),
    Code("mode_forbids", 403, "Items of this kind are not edited in such a draft."),
    Code("origin_refused", 403, "Pages of this origin may not connect."),
    Code(
        "host_refused", 421, "The server may not be asked by this name; its operator says by which (DRAFTWIRE_HOSTS)."
    ),
    Code("not_found", 404, "There is no such thing, or you may not see it."),
    Code("method_not_allowed", 405, "That can't be done with this address."),
    Code("taken", 409, "That path or external id is taken."),
    Code("archived", 409, "The item is archived: it stays as it is until it is unarchived."),
    Code("bad_path", 422, "The path does not follow the workspace's grammar."),
    Code("bad_name", 422, "That can't be the name of a user, group or folder."),
    Code("no_such_holder", 422, "The request names a user or group that is not there."),
    Code("bad_record", 422, "The record can't be imported."),
    Code("differs", 409, "Something else of that name is there."),
    Code("last_admin", 409, "A workspace keeps at least one admin."),
    Code("not_empty", 409, "Items still lie there."),
    Code("bad_jwks", 422, "The address gives no JWKS with a key for RS256 or ES256."),
    Code("locks_out", 409, "With these settings your own token would no longer count."),
    Code("kind_differs", 409, "The item is of another kind."),
    Code("bad_cursor", 400, "The cursor does not continue this list."),
    Code("cursor_expired", 410, "The events after that number are no longer kept."),
    Code("cursor_ahead", 400, "No event has that number yet."),
    Code("bad_webhook", 422, "Nothing can be sent to that address."),
    Code("unknown_kind", 422, "There is no such kind."),
    Code("bad_kind", 422, "The definition makes no kind."),
    Code("kind_changed", 409, "The kind is not at the revision that was named."),
    Code("kind_in_use", 409, "Items are of that kind."),
    # ops
    Code("bad_op", 422, "An op has a wrong shape."),
    Code("bad_address", 422, "An address does not follow the grammar."),
    Code("bad_splice", 422, "Splices must ascend and must not touch each other."),
    Code("out_of_range", 422, "A splice lies outside of the text."),
    Code("half_surrogate", 422, "A splice would cut a surrogate pair."),
    Code("patch_unsupported", 422, "Of RFC 6902 only add, replace, remove and test are understood."),
    Code("no_single_match", 422, "The old text must stand in the leaf exactly once."),
    Code("not_text", 422, "The address is no text leaf."),
    Code("not_keyed", 422, "The address is no keyed array."),
    Code("no_such_place", 422, "The address leads nowhere."),
    Code("bad_place", 422, "The element can't stand in that array."),
    Code("id_fixed", 422, "An element's id can't be changed."),
    Code("not_an_object", 422, "A document is a JSON object."),
    Code("root_fixed", 422, "The root can't be replaced."),
    Code("keyed_array_fixed", 422, "A keyed array changes by its elements."),
    Code("plain_array", 422, "A plain array is changed as a whole."),
    Code("bad_id", 422, "An element of a keyed array needs an id of 1–128 characters."),
    Code("duplicate_id", 422, "Two elements have the same id."),
    Code("plain_secret", 422, "A secret can't stand in a document: set it, a marker takes its place."),
    Code("unknown_secret", 422, "The item has no such secret."),
    Code("secret_in_use", 409, "What is deployed needs that secret."),
    Code("secrets_off", 409, "This server has no key to keep secrets with."),
    # order and state
    Code("bad_session", 400, "The session id or its resume token is not valid."),
    Code("op_no_gap", 409, "A batch is missing before this one."),
    Code("run_stopped", 409, "A person has stopped the run: nothing more of it is written."),
    Code("run_paused", 409, "A person has paused the run: wait until it is resumed.", retry=True),
    Code("run_ended", 409, "The run has ended: begin another one."),
    Code("stale_region", 409, "Somebody changed that very place since you read it: read it again.", retry=True),
    Code(
        "overlaps_own_edit",
        409,
        "Another edit of your own run has changed that very place since you read it.",
        retry=True,
    ),
    Code("no_match", 409, "The old text does not stand in the leaf."),
    Code("many_matches", 409, "The old text stands in the leaf more than once."),
    Code("stream_gap", 409, "A piece is missing before this one.", retry=True),
    Code("stream_over", 409, "The stream has ended."),
    Code("anchor_gone", 409, "The place where the text was going on is gone."),
    Code("suggest_only", 403, "The agent may only suggest here: begin a run in mode suggest."),
    Code("too_old", 409, "What the run did is older than what is kept."),
    Code("op_no_reused", 409, "This batch number was used for another batch."),
    Code("own_op_unseen", 409, "The batch does not know an earlier batch of its own session."),
    Code("base_ahead", 409, "The base lies ahead of the log.", retry=True),
    Code("base_expired", 409, "The base is older than the kept log."),
    Code("seen_ahead", 422, "seen lies ahead of base."),
    Code("generation_changed", 409, "The draft was discarded and begun again."),
    Code("rewound", 409, "The log is not the one this state came from."),
    Code("precondition_required", 428, "A write needs If-Match."),
    Code("bad_etag", 400, "If-Match is not a draft's etag."),
    Code("stale", 409, "Somebody changed the same places."),
    Code("test_failed", 409, "A test of the patch failed."),
    Code("override_moved", 409, "The state that was to be overridden has moved on."),
    Code("session_is_live", 409, "This session is connected and types in this draft."),
    Code("draft_exists", 409, "You have a draft of your own with changes: merge or replace."),
    Code("merge_conflict", 409, "Both sides changed the same places: choose."),
    Code("parts_changed", 409, "A part of the difference reads differently by now."),
    Code("draft_moved", 409, "The draft has moved on since the state that was to be deployed."),
    Code("behind", 409, "Somebody has deployed another version."),
    Code("not_deployable", 422, "The value does not follow the kind's schema."),
    Code("not_adopted", 409, "The draft has taken nothing from that one."),
    Code("already_may", 409, "You may do that already."),
    Code("ask_over", 409, "The question was answered, taken back or is out of date."),
    Code("alert_over", 409, "The alert is over."),
    Code("bad_guest", 422, "That user can't be a guest here."),
    Code("idempotency_reused", 422, "The Idempotency-Key was used for another request."),
    Code("busy", 503, "The server is overloaded.", retry=True),
    Code("unavailable", 503, "The database can't be reached.", retry=True),
    Code("draining", 503, "The worker is about to stop.", retry=True),
    Code("internal", 500, "Something went wrong on the server.", retry=True),
)


class Problem(Exception):
    """A command is refused with a stable code; the connection lives and nothing was changed."""

    def __init__(self, code: str, message: str | None = None, *, detail: Any = None) -> None:
        self.code = code
        self.kind = CODES[code]
        self.message = message or self.kind.title
        self.detail = detail
        super().__init__(f"{code}: {self.message}")

    def again(self) -> "Problem":
        """The same, to be raised for another one who waits."""
        same = Problem(self.code if self.code in CODES else "internal", self.message, detail=self.detail)
        same.code, same.kind = self.code, self.kind
        return same

    @property
    def retry(self) -> bool:
        """Whether the same request may pass later, or after what the code names."""
        return self.kind.retry


def heard_problem(status: int, code: str, message: str, detail: Any = None, *, retry: bool = False) -> Problem:
    """A refusal as a server sent it, also one whose code this release does not know yet."""
    if code in CODES:
        return Problem(code, message, detail=detail)
    problem = Problem("internal", message, detail=detail)
    problem.code, problem.kind = code, Code(code, status, message, retry)
    return problem


class CloseCode:
    """Why a connection ended. Below 4500: come back (with full-jitter backoff); from 4500 on: don't."""

    GOING_AWAY: Final = 1001
    MESSAGE_TOO_BIG: Final = 1009
    SERVICE_RESTART: Final = 1012

    DRAINING: Final = 4000  # the worker stops; `bye` said when to come back
    SILENT: Final = 4001  # no answer to pings
    SLOW: Final = 4002  # stayed behind in reading for too long
    OVERLOADED: Final = 4003
    TOKEN_EXPIRED: Final = 4010  # bring a new one

    BAD_FRAME: Final = 4500  # malformed beyond answering
    NO_AUTH: Final = 4501  # nothing valid within the time for it
    FORBIDDEN: Final = 4503  # signed out, or may no longer connect
    ORIGIN: Final = 4504
    TOO_LARGE: Final = 4508
    REPLACED: Final = 4509  # a newer connection of the same session took over
    TOO_MUCH: Final = 4529  # over a limit again and again


def may_reconnect(code: int) -> bool:
    """Whether a client may come back by itself after this close code."""
    return not 4500 <= code <= 4999


class OpError(Exception):
    """An op that no state of the document could accept from a live writer; ``code`` is stable."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(f"{code}: {detail}" if detail else code)
        self.code = code
        self.detail = detail
