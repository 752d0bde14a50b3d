"""Stable codes: why a command is refused, and why a connection ends.

A code never changes its meaning; texts may. `Problem` carries data and is turned into a message or an HTTP answer in
one place of the server. Close codes 4000–4499 mean "come back", 4500–4999 "don't, as you are".
"""

from typing import Any, Final

import msgspec

NAMED_CHARS: Final = 200
"""Of what a request named, in the text of its refusal."""


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
    Code("bad_message", 400, "The message has the wrong shape."),
    Code("unknown_message", 400, "Unknown message type."),
    Code("duplicate_key", 400, "An object has the same member twice."),
    Code("bad_number", 400, "A number is not finite, or an integer beyond ±2^53, which JSON readers would round."),
    Code("bad_text", 400, "A text contains U+0000, a lone surrogate, or CR where only LF is allowed."),
    Code("bad_member", 400, "A member can't be named __proto__."),
    Code("too_deep", 400, "The value is nested too deeply."),
    Code("too_large", 413, "The request is too large."),
    Code("too_much_work", 422, "The request takes too long to process. Send a smaller one."),
    Code("too_many", 429, "Too many at once.", retry=True),
    Code("quota", 429, "The limit of what can be stored is reached.", retry=True),
    Code("too_fast", 429, "Too many requests. Try again later.", retry=True),
    # who and what
    Code("unauthenticated", 401, "A valid token is required."),
    Code("token_expired", 401, "The token has expired. Get a new one.", retry=True),
    Code("forbidden", 403, "You are not allowed to do this."),
    Code("read_only", 403, "You can view this draft but not edit it."),
    Code("mode_forbids", 403, "Items of this kind can't be edited in a draft of this purpose."),
    Code("origin_refused", 403, "Pages from this origin are not allowed to connect."),
    Code(
        "host_refused",
        421,
        "The server does not answer to this host name. Its operator sets the allowed names (DRAFTWIRE_HOSTS).",
    ),
    Code("not_found", 404, "Not found, or you don't have access."),
    Code("method_not_allowed", 405, "This address does not support this method."),
    Code("taken", 409, "That path or external id is already in use."),
    Code("archived", 409, "The item is archived. Unarchive it first."),
    Code("bad_path", 422, "The path does not follow the workspace's rules."),
    Code("bad_name", 422, "That name is not valid."),
    Code("no_such_holder", 422, "The request names a user or group that does not exist."),
    Code("bad_record", 422, "The record can't be imported."),
    Code("differs", 409, "Something else with that name already exists."),
    Code("last_admin", 409, "The workspace must keep at least one admin."),
    Code("not_empty", 409, "It still contains items. Move or delete them first."),
    Code("bad_jwks", 422, "The JWKS URL returns no usable key for RS256 or ES256."),
    Code("locks_out", 409, "With these settings your own token would no longer be valid."),
    Code("kind_differs", 409, "The item is of another kind."),
    Code("bad_cursor", 400, "The cursor does not belong to this list. Start again without a cursor."),
    Code("cursor_expired", 410, "The events after that number are no longer stored."),
    Code("cursor_ahead", 400, "There is no event with that number yet."),
    Code("bad_webhook", 422, "Webhooks can't send to that address."),
    Code("unknown_kind", 422, "Unknown kind."),
    Code("bad_kind", 422, "The kind definition is invalid."),
    Code("kind_changed", 409, "The kind has changed: it is not at the revision you named."),
    Code("kind_in_use", 409, "Items of that kind still exist."),
    # ops
    Code("bad_op", 422, "An op has the wrong shape."),
    Code("bad_address", 422, "An address is not valid."),
    Code("bad_splice", 422, "Splices must be in ascending order and must not touch."),
    Code("out_of_range", 422, "The position is outside the text."),
    Code("half_surrogate", 422, "A splice would split a surrogate pair."),
    Code("patch_unsupported", 422, "Only the RFC 6902 operations add, replace, remove and test are supported."),
    Code("no_single_match", 422, "The old text must occur in the leaf exactly once."),
    Code("not_text", 422, "The address is not a text leaf."),
    Code("not_keyed", 422, "The address is not a keyed array."),
    Code("no_such_place", 422, "The address does not exist in the document."),
    Code("bad_place", 422, "The element is not allowed in that array."),
    Code("id_fixed", 422, "An element's id can't be changed."),
    Code("not_an_object", 422, "A document must be a JSON object."),
    Code("root_fixed", 422, "The root can't be replaced. Change its members."),
    Code("keyed_array_fixed", 422, "A keyed array can't be set as a whole. Change its elements."),
    Code("plain_array", 422, "A plain array has no elements to change. Set it as a whole."),
    Code("bad_id", 422, "An element of a keyed array needs an id of 1–128 characters."),
    Code("duplicate_id", 422, "Two elements have the same id."),
    Code("plain_secret", 422, "A document can't contain a secret. Set the secret; the document holds a marker."),
    Code("unknown_secret", 422, "The item has no such secret."),
    Code("secret_in_use", 409, "The deployed version needs that secret. Deploy a version without it first."),
    Code("secrets_off", 409, "The server has no key to encrypt secrets with."),
    # order and state
    Code("bad_session", 400, "The session id or its resume token is not valid."),
    Code("op_no_gap", 409, "An earlier batch is missing."),
    Code("run_stopped", 409, "A person has stopped the run. It can't continue."),
    Code("run_paused", 409, "A person has paused the run. Wait until it is resumed.", retry=True),
    Code("run_ended", 409, "The run has ended. Begin another one."),
    Code("stale_region", 409, "Someone changed this place since you read it. Read it again.", retry=True),
    Code(
        "overlaps_own_edit",
        409,
        "Another edit of your own run changed this place since you read it. Read it again.",
        retry=True,
    ),
    Code("no_match", 409, "The old text does not occur in the leaf. Read it again."),
    Code("many_matches", 409, "The old text occurs in the leaf more than once. Include more of the text around it."),
    Code("stream_gap", 409, "An earlier piece is missing. Send it first.", retry=True),
    Code("stream_over", 409, "The stream has ended. Open another one."),
    Code("anchor_gone", 409, "The place the stream was writing at is gone."),
    Code("suggest_only", 403, "The agent may only suggest here. Begin a run in mode suggest."),
    Code("too_old", 409, "The run's changes are no longer stored."),
    Code("op_no_reused", 409, "This batch number was already used for another batch."),
    Code("own_op_unseen", 409, "The batch does not include an earlier batch of its own session."),
    Code("base_ahead", 409, "The base is newer than the log.", retry=True),
    Code("base_expired", 409, "The base is older than the stored log. Read the draft again."),
    Code("seen_ahead", 422, "seen is newer than base."),
    Code("generation_changed", 409, "The draft was discarded and started again."),
    Code(
        "rewound", 409, "This state is not in the draft's log. The server may have been restored from an older backup."
    ),
    Code("precondition_required", 428, "If-Match is missing. Send the etag you read."),
    Code("bad_etag", 400, "That is not a draft's etag."),
    Code("stale", 409, "Someone changed the same places. Read the draft again."),
    Code("test_failed", 409, "A test operation of the patch failed."),
    Code("override_moved", 409, "The state you wanted to override has changed."),
    Code("session_is_live", 409, "This session is connected over WebSocket. Write there, or use another session."),
    Code("draft_exists", 409, "Your own draft has changes. Choose merge or replace."),
    Code("merge_conflict", 409, "Both sides changed the same places. Choose."),
    Code("parts_changed", 409, "A part of the difference has changed. Compare again."),
    Code("draft_moved", 409, "The draft has changed since the state you named."),
    Code("behind", 409, "Someone has deployed another version."),
    Code("not_deployable", 422, "The value does not satisfy the kind's rules."),
    Code("not_adopted", 409, "This draft has taken nothing from that one. Adopt it first."),
    Code("already_may", 409, "You already have this access."),
    Code("ask_over", 409, "The request has already been answered, withdrawn or expired."),
    Code("alert_over", 409, "The alert has already been resolved."),
    Code("bad_guest", 422, "That user can't be a guest of this draft."),
    Code("idempotency_reused", 422, "The Idempotency-Key was already used for another request."),
    Code("busy", 503, "The server is overloaded. Try again.", retry=True),
    Code("unavailable", 503, "The database can't be reached. Try again.", retry=True),
    Code("draining", 503, "This worker is shutting down. Connect again.", retry=True),
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

    def problem(self, **about: Any) -> Problem:
        """The refusal of a request for this reason; its text names what the op error names, ``about`` goes along."""
        title, stop, advice = CODES[self.code].title.partition(". ")
        named = f" ({self.detail[:NAMED_CHARS]})" if self.detail else ""
        message = f"{title.removesuffix('.')}{named}.{' ' if stop else ''}{advice}"
        return Problem(self.code, message, detail={**about, "why": str(self)})
