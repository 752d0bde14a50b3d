"""The session that docs/mcp.md shows: it is had again, and what the page says must still be what is answered.

`DRAFTWIRE_WRITE_PAGES=1 pytest tests/agents/test_transcript.py` writes it anew.
"""

import json
import os
import re
from pathlib import Path
from typing import Any

import pytest

import draftwire
from tests.agents.conftest import AT, TEXT, Place
from tests.agents.mcp_clients import Model, over_http
from tests.waiting import until

pytestmark = pytest.mark.slow

PAGE = Path(__file__).parents[2] / "docs" / "mcp.md"
BEGIN, END = "<!-- transcript -->\n", "<!-- /transcript -->\n"
ITEM = "f/growth/total"


class Transcript:
    """What went over the wire, with what differs from one time to the next left out."""

    def __init__(self, model: Model) -> None:
        self._model = model
        self._parts: list[str] = []

    def say(self, text: str) -> None:
        self._parts.append(f"{text}\n")

    async def use(self, tool: str, **given: Any) -> Any:
        answered = await self._model.use(tool, **given)
        asked = json.dumps(given, ensure_ascii=False)
        refused = " (isError)" if answered.refused else ""
        self._parts.append(f"```text\n→ {tool} {asked}\n←{refused}\n{answered.text}\n```\n")
        return answered

    def text(self) -> str:
        text = "\n".join(self._parts)
        text = re.sub(r"\b[a-z2-7]{26}\b", "<id>", text)
        return re.sub(r"\b(g\d+\.s\d+\.)[\w-]{8}", r"\1…", text)


async def had(place: Place) -> str:
    server = place.world.server
    async with (
        over_http(server.url, server.token("ada")) as model,
        draftwire.Api(server.worker_url(0), server.token("ada")) as person,
        place.world.connect("ada", 1) as ada,
    ):
        value = {"language": "python3", "content": TEXT, "summary": "", "schema": {}}
        item = (await person.items.create("script", path=ITEM, value=value, summary="Adds up")).item
        draft = await ada.open(item=item)
        await ada.focus(item, draft=draft.id, at=AT)

        async def seen() -> bool:
            return bool((await person.presence.here(item)).here)

        await until(seen, "she is seen also on the worker where she is not")
        told = Transcript(model)
        names = [tool.name for tool in (await model.session.list_tools()).tools]
        told.say(f"`tools/list` names {', '.join(f'`{name}`' for name in names)}.")
        await told.use("list_items", folder="f/growth")
        read = await told.use("read", path=ITEM, at=AT)
        replace = {"do": "str_replace", "at": AT, "old": "sum(rows)", "new": "fsum(rows)"}
        await told.use(
            "edit", path=ITEM, edits=[{"do": "insert", "at": AT, "line": 1, "text": "from math import fsum\n"}]
        )
        told.say("Meanwhile Ada, who has the script open, renames `rows` in that line.")
        await until(lambda: "fsum" in draft.get(AT), "she sees what the model wrote")
        at = str(draft.get(AT)).index("sum(rows)") + 4
        draft.edit(draftwire.Text(AT, ((at, 4, "lines"),)))
        await draft.saved()
        await told.use("edit", path=ITEM, edits=[replace | {"read_seq": read.data["seq"]}])
        run = (await person.runs.page(mine=True, state=("running",), item=item)).runs[0].id
        told.say("She also writes a note to the agent, in the panel of AI sessions.")
        await person.runs.note(run, "keep rows as the name, please")
        await told.use("read", path=ITEM, at=AT, first=2, last=3)
        await told.use("edit", path=ITEM, edits=[replace | {"old": "sum(lines)"}])
        await told.use("diff", path=ITEM)
        await told.use("status", path=ITEM, doing="waiting for review")
        await told.use("end_run", text="sums are exact now")
        return told.text()


async def test_the_session_that_the_page_shows_is_had_again_word_for_word(place: Place) -> None:
    session = await had(place)
    page = PAGE.read_text(encoding="utf-8")
    before, _, rest = page.partition(BEGIN)
    shown, _, after = rest.partition(END)
    if os.environ.get("DRAFTWIRE_WRITE_PAGES"):
        PAGE.write_text(f"{before}{BEGIN}{session}{END}{after}", encoding="utf-8")
        shown = session
    assert shown == session
