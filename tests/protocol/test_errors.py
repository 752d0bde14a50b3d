"""Every refusal says whether trying again makes sense: edge case 53, over the whole list of codes."""

import pytest

from draftwire.errors import CODES, Problem, heard_problem

# The same may pass: after a while, or after what stands here.
AGAIN = {
    "too_many": "when others of one's own are done",
    "quota": "when something of what is kept was dismissed",
    "too_fast": "when the time is over",
    "token_expired": "with a fresh token",
    "base_ahead": "the worker has not heard of that commit yet",
    "run_paused": "when it is resumed",
    "stale_region": "with the text that the answer brings",
    "overlaps_own_edit": "with the text that the answer brings",
    "stream_gap": "with the piece that is missing",
    "busy": "when there is less to do",
    "unavailable": "when the database is back",
    "draining": "through another worker, or after the restart",
    "internal": "it may have been the moment",
}
# By status: what is wrong with the request itself, or not allowed, stays so; a full or absent server does not.
NEVER_BY_STATUS = {400, 403, 404, 405, 410, 413, 421, 422, 428}
ALWAYS_BY_STATUS = {429, 500, 503}
# 401 and 409 speak of a state, so each is looked at by itself: what has to be done first instead.
FIRST = {
    "unauthenticated": "another token",
    "taken": "another name",
    "archived": "unarchive it",
    "differs": "another name, or look at what is there",
    "last_admin": "another admin",
    "not_empty": "empty it",
    "locks_out": "settings that keep one's own token",
    "kind_differs": "the item's kind",
    "kind_changed": "the revision that holds",
    "kind_in_use": "move its items",
    "secret_in_use": "deploy without it",
    "secrets_off": "a key in the server's settings",
    "op_no_gap": "the batch that is missing",
    "op_no_reused": "the next number",
    "own_op_unseen": "a base that knows one's own batch",
    "base_expired": "read anew",
    "generation_changed": "read anew",
    "rewound": "read anew",
    "stale": "read what is there, merge",
    "test_failed": "read anew",
    "override_moved": "look at the new head",
    "session_is_live": "that session's own connection, or another session",
    "draft_exists": "choose merge or replace",
    "merge_conflict": "choose",
    "parts_changed": "look at the difference anew",
    "draft_moved": "review what came",
    "behind": "rebase, or override",
    "not_adopted": "adopt first",
    "already_may": "nothing: one may",
    "ask_over": "ask anew",
    "alert_over": "nothing: it is over",
}
# Of the tools, streams, runs and suggestions of agents; each says in its detail what stands there now.
FIRST |= dict.fromkeys(
    (
        "run_stopped", "run_ended", "no_match", "many_matches", "stream_over", "anchor_gone", "too_old",
    ),
    "read again, or begin anew",
)  # fmt: skip


def test_every_code_says_whether_the_same_may_pass_later() -> None:
    for code in CODES.values():
        assert code.retry == (code.code in AGAIN), code.code
        if code.status in NEVER_BY_STATUS:
            assert not code.retry, f"{code.code}: the same request stays refused"
        elif code.status in ALWAYS_BY_STATUS:
            assert code.retry, f"{code.code}: the server says that it can't now"
        else:
            assert code.status in (401, 409), f"decide what {code.status} says of trying again"
            assert (code.code in AGAIN) != (code.code in FIRST), f"decide whether {code.code} is worth another try"


def test_a_table_that_names_what_is_no_code_is_out_of_date() -> None:
    assert set(AGAIN) <= set(CODES)


@pytest.mark.parametrize("retry", [False, True])
def test_a_code_of_a_later_server_keeps_what_it_said(retry: bool) -> None:
    problem = heard_problem(409, "of_a_later_release", "Not now.", retry=retry)
    assert (problem.code, problem.kind.retry) == ("of_a_later_release", retry)
    known = heard_problem(409, "behind", "Somebody deployed.")
    assert isinstance(known, Problem) and not known.kind.retry
