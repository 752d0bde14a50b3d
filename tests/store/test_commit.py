"""A commit writes exactly what its groups hold, whichever statement they need, or nothing of a group that lost."""

import re
from collections.abc import AsyncIterator
from itertools import count, product
from typing import Any

import msgspec
import pytest

from draftwire_server.store.live import commit as commits
from draftwire_server.store.live import logs
from draftwire_server.store.live.commit import CommitGroup, NewBatch, NewWriter, commit
from draftwire_server.store.statement import JsonRows, Row, Rows, numbered
from tests.system.world import store

STATEMENTS = {
    "one": commits._ONE,
    "many": commits._MANY,
    "full": commits._FULL,
    "many of agents": commits._MANY_OF_AGENTS,
    "full of agents": commits._FULL_OF_AGENTS,
}
WORKSPACE = "w"
_numbers = count(1)


# ---- numbers


@pytest.mark.parametrize("name", STATEMENTS)
def test_each_parameter_is_read_and_they_are_numbered_in_the_order_of_the_inputs(name: str) -> None:
    statement = STATEMENTS[name]
    most = sum(each.parameters for each in statement.inputs)
    assert {int(number) for number in re.findall(r"\$(\d+)", statement.text)} == set(range(1, most + 1))
    first = 1
    for each in statement.inputs:
        if not isinstance(each, Row):
            reading = re.search(rf"(?:unnest|jsonb_to_recordset)\(([^)]*)\) as {each.name}\(", statement.text)
            assert reading is not None
            numbers = [int(number) for number in re.findall(r"\$(\d+)", reading[1])]
            assert numbers == list(range(first, first + each.parameters))
        first += each.parameters


def test_inputs_become_arguments_in_the_order_of_their_numbers() -> None:
    made = numbered(
        "select {at.day}, {at.hour} from {person} join {note} on true",
        Row("nobody", "reads, this"),
        Row("at", "hour, day"),
        JsonRows("note", "id text, data jsonb"),
        Rows("person", "id text, age int"),
    )
    assert made.text == (
        "select $2, $1 from unnest($4::text[], $5::int[]) as person(id, age)"
        " join jsonb_to_recordset($3::jsonb) as note(id text, data jsonb) on true"
    )
    given = {"at": (7, "monday"), "note": [{"id": "n"}], "person": [("a", 1), ("b", 2)]}
    assert made.arguments(given) == [7, "monday", [{"id": "n"}], ["a", "b"], [1, 2]]
    assert made.arguments(given | {"person": []}) == [7, "monday", [{"id": "n"}], [], []]
    with pytest.raises(KeyError, match="note"):
        made.arguments({"at": (7, "monday"), "person": []})


@pytest.mark.parametrize(
    "text",
    [
        "select {at.hour}",  # the type of the other parameter can't be inferred
        "select {at.hour}, {at.day}, {at.year}",
        "select {at}",
        "select 1 from {person}, {person}",
        "select {person.id}",
        "select 1 from {people}",
    ],
)
def test_a_text_that_does_not_fit_its_inputs_is_refused_at_once(text: str) -> None:
    with pytest.raises(ValueError, match=r"at|person|people"):
        numbered(text, Row("at", "hour, day"), Rows("person", "id text"))


# ---- rows

TABLES = {
    "draft_writer": "w, session, sid, actor_id, run_id, approved_by",
    "stash": "id, user_id, actor_id, item_id, generation, base_seq, reason, sid, texts",
    "alert": "id, item_id, generation, kind, reason, address, seq, region, sides, stash_id",
    "outbox": "type, actor_id, item_id, data",
    "draft_adoption": "generation, source_id, source_etag, actor_id",
}
BESIDE = ("writers", "stash", "alerts", "outbox", "answers", "adoptions", "base_version")
LOST = {
    "another generation": {"generation": 4},
    "another seq": {"base_seq": 6},
    "another mark": {"base_mark": "else"},
    "other rights": {"acl_rev": 10_000},
    "no such draft": {"draft": "none"},
    "no such workspace": {"workspace": "none"},
}


@pytest.fixture(scope="module")
async def connection(module_database_url: str) -> AsyncIterator[Any]:
    async with store(module_database_url) as made:
        await made.execute(
            "insert into workspace (id, name) values ('w', 'W');"
            "insert into member (workspace_id, id, username, name, role) values ('w', 'ada', 'ada', 'Ada', 'editor');"
            "insert into actor (workspace_id, id, kind, user_id) values ('w', 'ada', 'user', 'ada');"
            "insert into item (workspace_id, id, kind, creator_id, initial, initial_hash)"
            " values ('w', 'i', 'script', 'ada', '{}', 'h')"
        )
        yield made


@pytest.fixture
async def drafts(connection: Any) -> tuple[CommitGroup, ...]:
    """Three drafts, and a batch for each that fits its head."""
    return tuple([await _draft(connection) for _ in range(3)])


async def _draft(connection: Any) -> CommitGroup:
    number = next(_numbers)
    draft = f"d{number}"
    await connection.execute(
        "insert into draft (workspace_id, id, item_id, purpose, visibility, generation, head_seq, head_mark,"
        " origin_version, base_version, run_id, for_draft)"
        " values ('w', $1, 'i', 'suggestion', 'open', 3, 5, 'before', 1, 1, $1, 'd')",
        draft,
    )
    await connection.execute("insert into run (workspace_id, id, actor_id) values ('w', $1, 'ada')", f"r{number}")
    await connection.execute(
        "insert into stream (workspace_id, id, run_id, item_id, draft_id, generation, address, lane, seq, start, until,"
        " lease_s) values ('w', $1, $2, 'i', $3, 3, '/content', 1, 5, 0, 0, 60)",
        f"s{number}", f"r{number}", draft,
    )  # fmt: skip
    acl_rev = await connection.fetchval("select acl_rev from workspace_clock where workspace_id = 'w'")
    return CommitGroup(WORKSPACE, draft, 3, 5, "before", acl_rev, (_batch(6),))


def _batch(seq: int) -> NewBatch:
    return NewBatch(seq, 2, seq + 10, f"key{seq}", seq - 1, seq - 2, "undo", "because", f"m{seq}", b"[1]", b"[2]")


def _beside(group: CommitGroup, names: tuple[str, ...], run: str | None) -> dict[str, Any]:
    """Rows of a group, of each of the kinds that are named."""
    log = {"workspace_id": WORKSPACE, "draft_id": group.draft, "generation": 3, "item_id": "i", "actor_id": "ada"}
    every: dict[str, Any] = {
        "writers": (NewWriter(2, "session", "sid", "ada", run, "ada"), NewWriter(3, "other", "sid3", "ada", None)),
        "stash": (
            log | {"id": f"kept-{group.draft}", "user_id": "ada", "base_seq": 5, "reason": "lost", "sid": "s",
                   "texts": [{"at": "/a", "mine": "m"}]},
        ),
        "alerts": (
            log | {"id": f"alert-{group.draft}", "kind": "overlap", "reason": "clash", "address": "/a", "seq": 6,
                   "region": {"start": 1}, "sides": [{"actor": "ada"}], "stash_id": None},
        ),
        "outbox": (log | {"type": "alert.opened", "data": {"n": 1}},),
        "answers": (
            {"principal": "ada", "key": f"k-{group.draft}", "digest": b"d", "status": 200, "headers": '{"a":"b"}',
             "body": b"body"},
        ),
        "adoptions": (log | {"source_id": group.draft, "source_etag": "g1.s1.m"},),
        "base_version": 7,
    }  # fmt: skip
    return {name: every[name] for name in names}


async def _written(connection: Any, group: CommitGroup) -> dict[str, Any]:
    """All that stands in the store of a draft."""
    draft = await connection.fetchrow(
        "select head_seq, head_mark, base_version from draft where workspace_id = 'w' and id = $1", group.draft
    )
    batches = await connection.fetch(
        "select seq, w, op_no, key, base, seen, kind, cause, mark, ops, took from draft_op"
        " where workspace_id = 'w' and draft_id = $1 and generation = 3 order by seq",
        group.draft,
    )
    found = {"head": tuple(draft), "batches": [tuple(row) for row in batches]}
    for table, columns in TABLES.items():
        rows = await connection.fetch(
            f"select {columns} from {table} where workspace_id = 'w' and draft_id = $1 order by 1",
            group.draft,
        )
        found[table] = [tuple(row) for row in rows]
    rows = await connection.fetch(
        "select principal, digest, status, headers, body from idempotency where workspace_id = 'w' and key = $1",
        f"k-{group.draft}",
    )
    return found | {"idempotency": [tuple(row) for row in rows]}


def _expected(group: CommitGroup) -> dict[str, Any]:
    def rows(of: tuple[dict[str, Any], ...], table: str) -> list[tuple[Any, ...]]:
        return [tuple(row[column] for column in TABLES[table].split(", ")) for row in of]

    last = group.batches[-1]
    return {
        "head": (last.seq, last.mark, 1 if group.base_version is None else group.base_version),
        "batches": [tuple(msgspec.structs.astuple(batch)) for batch in group.batches],
        "draft_writer": [msgspec.structs.astuple(writer) for writer in group.writers],
        "stash": rows(group.stash, "stash"),
        "alert": rows(group.alerts, "alert"),
        "outbox": rows(group.outbox, "outbox"),
        "draft_adoption": rows(group.adoptions, "draft_adoption"),
        "idempotency": [
            (each["principal"], each["digest"], each["status"], msgspec.json.decode(each["headers"]), each["body"])
            for each in group.answers
        ],
    }


NOTHING: dict[str, Any] = {"head": (5, "before", 1), "batches": [], "idempotency": []} | {name: [] for name in TABLES}


@pytest.mark.parametrize(
    "beside", [(), *((name,) for name in BESIDE), BESIDE], ids=lambda names: "+".join(names) or "none"
)
@pytest.mark.parametrize(("groups", "batches", "of_runs"), list(product((1, 2), (1, 2), ("no", "some", "all"))))
async def test_what_groups_hold_is_written_and_nothing_else(
    connection: Any, drafts: tuple[CommitGroup, ...], groups: int, batches: int, of_runs: str, beside: tuple[str, ...]
) -> None:
    asked = []
    for number, group in enumerate(drafts[:groups]):
        run = f"r{group.draft[1:]}" if of_runs == "all" or (of_runs == "some" and number == 0) else None
        asked.append(
            msgspec.structs.replace(
                group,
                batches=tuple(_batch(6 + n) for n in range(batches)),
                runs=((run, f"s{group.draft[1:]}"), (run, None)) if run else (),
                **_beside(group, beside if number == 0 else (), run),  # the other of them holds batches alone
            )
        )
    assert await commit(connection, asked) == {(WORKSPACE, group.draft) for group in asked}
    for group in asked:
        assert await _written(connection, group) == _expected(group)
    assert await _written(connection, drafts[2]) == NOTHING


@pytest.mark.parametrize("beside", [(), BESIDE], ids=["batches alone", "with rows beside"])
@pytest.mark.parametrize("of_runs", [False, True], ids=["people", "agents"])
@pytest.mark.parametrize("lost", LOST)
async def test_a_group_that_lost_writes_nothing_and_the_others_are_written(
    connection: Any, drafts: tuple[CommitGroup, ...], lost: str, of_runs: bool, beside: tuple[str, ...]
) -> None:
    winner, loser, _ = drafts
    runs: Any = {"runs": ((f"r{winner.draft[1:]}", None),)} if of_runs else {}
    winner = msgspec.structs.replace(winner, **runs)
    changed: Any = {**_beside(loser, beside, None), **LOST[lost]}
    assert await commit(connection, [msgspec.structs.replace(loser, **changed), winner]) == {(WORKSPACE, winner.draft)}
    assert await _written(connection, loser) == NOTHING
    assert await _written(connection, winner) == _expected(winner)
    if not beside and not of_runs:  # alone it is another statement
        assert await commit(connection, [msgspec.structs.replace(loser, **changed)]) == set()
        assert await _written(connection, loser) == NOTHING


@pytest.mark.parametrize("how", ["held = 'archived'", "discarded_at = now()"])
@pytest.mark.parametrize("others", [False, True], ids=["alone", "with others"])
async def test_a_draft_that_takes_no_edits_gets_none(
    connection: Any, drafts: tuple[CommitGroup, ...], how: str, others: bool
) -> None:
    await connection.execute(f"update draft set {how} where workspace_id = 'w' and id = $1", drafts[0].draft)
    asked = list(drafts if others else drafts[:1])
    assert await commit(connection, asked) == {(WORKSPACE, group.draft) for group in asked[1:]}
    assert await _written(connection, drafts[0]) == NOTHING


@pytest.mark.parametrize(
    "over",
    ["update run set state = 'paused' where id = $1", "update stream set state = 'closed' where run_id = $1"],
    ids=["run", "stream"],
)
@pytest.mark.parametrize("beside", [(), BESIDE], ids=["batches alone", "with rows beside"])
async def test_a_group_of_a_run_or_stream_that_does_not_go_on_writes_nothing(
    connection: Any, drafts: tuple[CommitGroup, ...], over: str, beside: tuple[str, ...]
) -> None:
    asked: list[CommitGroup] = []
    for group in drafts:
        run, stream = f"r{group.draft[1:]}", f"s{group.draft[1:]}"
        asked.append(msgspec.structs.replace(group, runs=((run, stream),), **_beside(group, beside, run)))
    await connection.execute(over, asked[1].runs[0][0])
    assert await commit(connection, asked) == {(WORKSPACE, asked[0].draft), (WORKSPACE, asked[2].draft)}
    assert await _written(connection, asked[1]) == NOTHING
    assert await _written(connection, asked[2]) == _expected(asked[2])


async def test_an_answer_of_yesterday_makes_room_for_a_new_one_and_one_of_today_does_not(
    connection: Any, drafts: tuple[CommitGroup, ...]
) -> None:
    old, new, other = (msgspec.structs.replace(each, **_beside(each, ("answers",), None)) for each in drafts)
    await commit(connection, [old, new])
    await connection.execute("update idempotency set at = at - interval '25 hours' where key = $1", f"k-{old.draft}")
    again = tuple({**answer, "status": 201} for each in (old, new) for answer in each.answers)
    await commit(connection, [msgspec.structs.replace(other, answers=again)])
    statuses = await connection.fetch(
        "select status from idempotency where key = any($1::text[]) order by key", [f"k-{old.draft}", f"k-{new.draft}"]
    )
    assert sorted(row["status"] for row in statuses) == [200, 201]
    found = await connection.fetchval("select status from idempotency where key = $1", f"k-{old.draft}")
    assert found == 201


class Recorder:
    """A connection that writes nothing and keeps the texts that it was given."""

    def __init__(self) -> None:
        self.texts: list[str] = []

    async def fetch(self, text: str, *_arguments: Any) -> list[Any]:
        self.texts.append(text)
        return []


@pytest.mark.parametrize("number", [1, 2, 50])
async def test_the_text_of_a_statement_depends_on_no_number_of_rows(number: int) -> None:
    """Postgres plans a text once for a connection: one that was made for each commit would be planned for each."""
    connection: Any = Recorder()
    group = CommitGroup(WORKSPACE, "d", 3, 5, "before", 1, (_batch(6),))
    of_run: Any = {"runs": (("r", None),) * number}
    full: Any = {"writers": (NewWriter(2, "session", "sid", "ada", None),) * number}
    for beside, name in (({}, "many"), (of_run, "many of agents"), (full, "full"), (of_run | full, "full of agents")):
        changed = msgspec.structs.replace(group, batches=(_batch(6), _batch(7)), **beside)
        await commit(connection, [changed] * number)
        assert connection.texts.pop() is STATEMENTS[name].text
    await commit(connection, [group])
    assert connection.texts.pop() is STATEMENTS["one"].text


async def test_writers_are_loaded_in_the_order_of_their_numbers(connection: Any) -> None:
    """Whatever order they lie in: readers take the last one for the latest."""
    draft = (await _draft(connection)).draft
    await connection.execute("update draft set head_seq = 0 where workspace_id = 'w' and id = $1", draft)
    for w in (3, 1, 4, 2):
        await connection.execute(
            "insert into draft_writer (workspace_id, draft_id, w, session, sid, actor_id)"
            " values ('w', $1, $2, $3, $3, 'ada')",
            draft, w, f"session {w}",
        )  # fmt: skip
    async with connection.transaction():
        for scan in ("indexscan", "indexonlyscan", "bitmapscan"):  # else it is the index that has them in order
            await connection.execute(f"set local enable_{scan} = off")
        log = await logs.load(connection, WORKSPACE, draft)
    assert log is not None
    assert [writer.w for writer in log.writers] == [1, 2, 3, 4]
