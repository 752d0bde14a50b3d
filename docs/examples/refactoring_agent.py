"""A refactoring agent: renames a name in every item of a folder, beside the people who edit there.

    DRAFTWIRE_TOKEN=… python refactoring_agent.py old_name new_name [path/prefix]

It searches, reads every text in which the name stands, and sends all edits at once. Where somebody changed the very
place meanwhile, it reads again and tries again, a few times; a person's stop ends it, a pause holds it up.
"""

import asyncio
import os
import re
import sys
from collections.abc import Awaitable, Callable

import draftwire
from draftwire import Problem, Run
from draftwire.rest.tools import Edited, SetMember

TRIES = 5


async def rename(client: draftwire.Client, old: str, new: str, prefix: str = "") -> dict[str, str]:
    """Rename ``old`` wherever it stands as a whole word; gives what became of each text."""
    word = re.compile(rf"\b{re.escape(old)}\b")
    async with client.run(label=f"rename {old} to {new}") as run:
        told: dict[str, str] = {}
        while True:
            found = await run.search(rf"\b{re.escape(old)}\b", pattern=True, limit=500)
            places = sorted({(match.item, match.path or "", match.at) for match in found.matches})
            wanted = [
                (item, path, at)
                for item, path, at in places
                if path.startswith(prefix) and f"{path or item}{at}" not in told
            ]
            done = await asyncio.gather(*(in_one_text(run, item, at, word, new) for item, _, at in wanted))
            for (item, path, at), outcome in zip(wanted, done, strict=True):
                told[f"{path or item}{at}"] = outcome
            if not found.truncated or not wanted:  # an answer may be cut short, by its length or its time
                return told


async def in_one_text(run: Run, item: str, at: str, word: re.Pattern[str], new: str) -> str:
    """Rename in one text; gives what became of it."""

    async def attempt() -> Edited | None:
        told = await run.read(at, item=item)  # the edit is made for what is read here
        renamed = word.sub(new, told.text or "")
        if renamed == told.text:
            return None
        return await run.edit([SetMember(at, renamed)], item=item, read_seq=told.seq)

    try:
        done = await patiently(run, attempt)
    except Problem as problem:
        if problem.code == "run_stopped":
            raise
        return f"left as it is: {problem.code}"
    return "nothing to do" if done is None else f"done as seq {done.seq}"


async def patiently(run: Run, attempt: Callable[[], Awaitable[Edited | None]]) -> Edited | None:
    """Try again what may pass: after a pause, after somebody's edit in the same place, after a short rest."""
    for left in reversed(range(TRIES)):
        try:
            return await attempt()
        except Problem as problem:
            if not problem.retry or not left:
                raise
            if problem.code == "run_paused":
                await run.resumed()
            elif problem.code not in ("stale_region", "overlaps_own_edit"):
                await asyncio.sleep(0.2)
    raise AssertionError("not reached")


async def main(old: str, new: str, prefix: str = "") -> None:
    server, token = os.environ.get("DRAFTWIRE_SERVER", "http://127.0.0.1:8000"), os.environ["DRAFTWIRE_TOKEN"]
    async with draftwire.connect(server, token, agent="refactorer") as client:
        for place, outcome in (await rename(client, old, new, prefix)).items():
            print(f"{place}: {outcome}")


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
