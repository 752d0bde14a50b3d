"""The examples of docs/examples do what they say, against a running server; models' streams are read from files."""

import asyncio
import importlib.util
import secrets
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from types import ModuleType
from typing import Any

import httpx2
import pytest

import draftwire
from draftwire.document.ops import Text
from tests.agents.conftest import AT, TEXT, Place
from tests.waiting import until

ROOT = Path(__file__).parents[2]
STREAMS = ROOT / "tests" / "data" / "streams"
CODE = '''def refund(charge: str, cents: int) -> dict:
    """Refund a charge – or a part of it. 😀"""
    if cents <= 0:
        raise ValueError("nothing to refund")
    return {"charge": charge, "cents": cents}
'''


def example(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, ROOT / "docs" / "examples" / f"{name}.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


async def path_of(place: Place, text: str = TEXT) -> tuple[str, str]:
    item = await place.script(text)
    async with draftwire.Api(place.world.server.url, place.world.server.token("ada")) as api:
        return item, str((await api.items.get(item)).path)


async def text_of(place: Place, item: str) -> str:
    async with draftwire.Api(place.world.server.url, place.world.server.token("ada")) as api:
        return str((await api.drafts.of_item(item)).value["content"])


async def test_the_refactoring_agent_renames_everywhere_and_leaves_people_what_they_type(place: Place) -> None:
    agent = example("refactoring_agent")
    name = f"total_{secrets.token_hex(3)}"
    items = [await path_of(place, TEXT.replace("total", name)) for _ in range(3)]
    async with place.world.connect("ada") as ada:
        for item, _ in items:  # search over all items finds what is deployed
            draft = await ada.open(item=item)
            draft.insert(AT, "# mine\n", 0)
            await draft.saved()
            await ada.api.deploys.deploy(draft.id, draft.etag, 0)
    async with place.world.connect("ada", 1) as ada, place.world.connect("ada", agent="refactorer") as client:
        draft = await ada.open(item=items[0][0])

        async def person() -> None:
            for letter in "# typed meanwhile\n":
                draft.edit(Text(AT, ((0, 0, letter),)))
                await asyncio.sleep(0.01)  # the pace of a person
            await draft.saved()

        _, told = await asyncio.gather(person(), agent.rename(client, name, "summed"))
    assert {place_: outcome.split(" ")[0] for place_, outcome in told.items()} == {
        f"{path}{AT}": "done" for _, path in items
    }
    for item, _ in items:
        text = await text_of(place, item)
        assert name not in text and text.count("summed(rows)") == 2 and "# mine\n" in text
    assert sorted((await text_of(place, items[0][0])).split("# mine")[0]) == sorted("# typed meanwhile\n")


async def test_the_streaming_writer_takes_up_what_people_say_and_ends_when_they_stop_it(place: Place) -> None:
    writer = example("streaming_writer")
    noted: list[asyncio.Queue[str]] = []  # of each writing, what was said and is not taken up yet
    listen = writer.listen

    async def listen_seen(run: draftwire.Run, notes: asyncio.Queue[str]) -> None:
        noted.append(notes)
        await listen(run, notes)

    writer.listen = listen_seen  # type: ignore[attr-defined]
    item, path = await path_of(place)
    gate = asyncio.Event()

    async def words() -> AsyncIterator[str]:
        yield "It adds "
        await gate.wait()
        yield "up.\nAll of it."

    async with (
        place.world.connect("ada", agent="explainer") as client,
        draftwire.Api(place.world.server.url, place.world.server.token("ada")) as person,
        place.world.connect("ada", 1) as ada,
    ):
        draft = await ada.open(item=item)

        async def run() -> str:
            runs = await person.runs.page(mine=True, state=("running",), item=item)
            return runs.runs[0].id if runs.runs else ""

        writing = asyncio.create_task(writer.write_comment(client, path, AT, words()))
        await until(lambda: draft.get(AT).startswith("# It adds "), "the first words are seen")
        await person.runs.note(await run(), "shorter")
        await until(lambda: not noted[0].empty(), "the note is there before the next word")
        gate.set()
        assert (await writing).endswith("units written")
        assert await text_of(place, item) == f"# It adds (shorter) up.\n# All of it.\n{TEXT}"
        gate.clear()
        writing = asyncio.create_task(writer.write_comment(client, path, AT, words()))
        await until(lambda: draft.get(AT).startswith("# It adds # It adds"), "it writes again")
        await person.runs.stop(await run())
        gate.set()
        assert await writing == "ended early: run_stopped"


async def test_the_reviewer_changes_nothing_by_itself(place: Place) -> None:
    reviewer = example("reviewer")
    item, path = await path_of(place, "try:\n    x = 1\nexcept:\n    print(x == None)\n")
    before = await text_of(place, item)
    async with place.world.connect("ada", agent="reviewer") as client:
        told = await reviewer.review(client, "f/payments")
    mine = [line for line in told if line.startswith(path)]
    assert [line.split(": ")[0] for line in mine] == [f"{path}{AT}:3", f"{path}{AT}:4"]
    assert not [line for line in mine if "not suggested" in line]
    assert await text_of(place, item) == before
    async with draftwire.Api(place.world.server.url, place.world.server.token("ada")) as person:
        draft = await person.drafts.of_item(item)
        (suggested,) = await person.suggestions.list(draft.draft, item=item)
        await person.suggestions.accept(suggested.id)
    assert await text_of(place, item) == "try:\n    x = 1\nexcept Exception:\n    print(x is None)\n"


class _Recorded(httpx2.AsyncBaseTransport):
    """Answers with what was recorded, in pieces that end anywhere."""

    def __init__(self, name: str) -> None:
        self._content = (STREAMS / name).read_bytes()

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        async def pieces() -> AsyncIterator[bytes]:
            for start in range(0, len(self._content), 97):
                yield self._content[start : start + 97]

        return httpx2.Response(200, headers={"content-type": "text/event-stream"}, content=pieces(), request=request)


async def model_stream(kind: str, name: str) -> Any:
    import anthropic  # three seconds, which every process that only collects would pay
    import openai

    http = httpx2.AsyncClient(transport=_Recorded(name))
    asked: Any = [{"role": "user", "content": "Write refund."}]
    if kind == "anthropic_messages":
        claude = anthropic.AsyncAnthropic(api_key="none", http_client=http)
        return await claude.messages.create(model="some-model", max_tokens=500, messages=asked, stream=True)
    gpt = openai.AsyncOpenAI(api_key="none", http_client=http)
    if kind == "openai_chat":
        return await gpt.chat.completions.create(model="some-model", messages=asked, stream=True)
    return await gpt.responses.create(model="some-model", input=asked, stream=True)


@pytest.mark.parametrize("kind", ["openai_chat", "openai_responses", "anthropic_messages"])
async def test_a_models_stream_goes_into_the_draft_token_by_token(place: Place, kind: str) -> None:
    streams = example("token_streams")
    item, path = await path_of(place, "# begun\n")
    stream = await model_stream(kind, f"{kind}.sse")
    async with place.world.connect("ada", agent="coder") as client:
        units = await streams.write_code(client, path, getattr(streams, kind)(stream), model="some-model")
    assert await text_of(place, item) == "# begun\n" + CODE
    assert units == len(CODE) + 1  # one pair of surrogates


async def test_what_a_model_did_not_finish_is_marked_and_stays(place: Place) -> None:
    streams = example("token_streams")
    item, path = await path_of(place, "")
    stream = await model_stream("anthropic_messages", "anthropic_cut_short.sse")
    async with place.world.connect("ada", agent="coder") as client:
        with pytest.raises(streams.CutShort, match="max_tokens"):
            await streams.write_code(client, path, streams.anthropic_messages(stream), model="some-model")
        (run,) = (await client.api.runs.page(mine=True, item=item)).runs
    assert [each.state for each in run.streams] == ["aborted"]
    written = await text_of(place, item)
    assert written and CODE.startswith(written)


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        ("x = 1\n", "x = 1\n"),
        ("```python\nx = 1\n```", "x = 1\n"),
        ("```\nx = 1\n\ny = 2\n```\nThat is all.\n", "x = 1\n\ny = 2\n"),
        ("``", "``"),
        ("```py\nx = '`'\r\n``z\n", "x = '`'\n``z\n"),
        ("a\n```\nb", "a\n```\nb"),
    ],
)
@pytest.mark.parametrize("size", [1, 2, 3, 100])
async def test_fences_around_code_are_left_out_however_they_are_cut(given: str, wanted: str, size: int) -> None:
    streams = example("token_streams")

    async def pieces() -> AsyncIterator[str]:
        for start in range(0, len(given), size):
            yield given[start : start + size]

    assert "".join([piece async for piece in streams.code_only(pieces())]) == wanted
