"""A reviewer that only suggests: it changes nothing until a person accepts it.

    DRAFTWIRE_TOKEN=… python reviewer.py f/payments

Its token may be one that can do nothing else: `draftwire token --user ada --agent reviewer --scope suggest`. What it
finds here is what a few patterns find, in place of a model.
"""

import asyncio
import os
import re
import sys

import draftwire
from draftwire import Problem
from draftwire.rest.tools import ReplaceLines

RULES = (
    (re.compile(r"^(\s*)except:\s*$"), r"\1except Exception:", "a bare except also catches the stop of the process"),
    (re.compile(r"^(.*)== None(.*)$"), r"\1is None\2", "None is compared by identity"),
    (re.compile(r"^(\s*)print\((.*)\)\s*$"), r"\1log.info(\2)", "what is printed is lost in production"),
)


async def review(client: draftwire.Client, folder: str) -> list[str]:
    """Suggest mendings in all items below a folder; gives a line for each."""
    told: list[str] = []
    async with client.run(label=f"review {folder}", mode="suggest") as run:
        async for item in client.api.items.list(folder=folder):
            document = await run.read(item=item.id)
            for leaf in document.leaves:
                read = await run.read(leaf.at, item=item.id)
                for number, line in enumerate((read.text or "").split("\n"), 1):
                    better, why = mended(line)
                    if better is None:
                        continue
                    where = f"{item.path or item.id}{leaf.at}:{number}"
                    try:
                        edit = ReplaceLines(leaf.at, number, number, better + "\n")
                        await run.edit([edit], item=item.id, read_seq=read.seq)
                    except Problem as problem:
                        told.append(f"{where}: not suggested, {problem.code}")
                    else:
                        told.append(f"{where}: {why}")
    return told


def mended(line: str) -> tuple[str | None, str]:
    """A line as it should be, and why; None where nothing is to be said."""
    for pattern, better, why in RULES:
        if pattern.match(line):
            return pattern.sub(better, line), why
    return None, ""


async def main(folder: str) -> None:
    server, token = os.environ.get("DRAFTWIRE_SERVER", "http://127.0.0.1:8000"), os.environ["DRAFTWIRE_TOKEN"]
    async with draftwire.connect(server, token, agent="reviewer") as client:
        for line in await review(client, folder):
            print(line)


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
