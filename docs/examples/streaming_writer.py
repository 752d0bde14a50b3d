"""A streaming writer: a text appears in a draft as it is made, and people can stop it or tell it something.

    DRAFTWIRE_TOKEN=… python streaming_writer.py f/payments/refund_charge "Explain what it does"

The text here is made by `explain`, in place of a model: anything that gives pieces of text will do. A note of a person
while it writes becomes part of what it writes; a stop ends it at once, and what is there stays.
"""

import asyncio
import os
import sys
from collections.abc import AsyncIterator

import draftwire
from draftwire import Problem, Run


async def write_comment(client: draftwire.Client, path: str, at: str, words: AsyncIterator[str]) -> str:
    """Write a comment above a text, word by word; gives how it ended."""
    item = (await client.api.items.at(path)).item
    async with client.run(item, label="explain the script") as run:
        await run.read(at)
        notes: asyncio.Queue[str] = asyncio.Queue()
        listening = asyncio.create_task(listen(run, notes))
        try:
            async with run.stream(at, line=1) as stream:
                await stream.write("# ")
                async for word in words:
                    while not notes.empty():
                        await stream.write(f"({notes.get_nowait()}) ")
                    await stream.write(word.replace("\n", "\n# "))
                await stream.write("\n")
        except Problem as problem:
            return f"ended early: {problem.code}"
        finally:
            listening.cancel()
        await run.doing("waiting for review")
        return f"{stream.units} units written"


async def listen(run: Run, notes: asyncio.Queue[str]) -> None:
    """Keep what people say while the text is written."""
    async for event in run.events():
        if event.type == "note":
            notes.put_nowait(event.text or "")


async def explain(task: str) -> AsyncIterator[str]:
    """Stand in for a model."""
    for word in f"{task}: this is where a model's words would come, one after the other.".split(" "):
        yield word + " "
        await asyncio.sleep(0.05)


async def main(path: str, task: str) -> None:
    server, token = os.environ.get("DRAFTWIRE_SERVER", "http://127.0.0.1:8000"), os.environ["DRAFTWIRE_TOKEN"]
    async with draftwire.connect(server, token, agent="explainer") as client:
        print(await write_comment(client, path, "/content", explain(task)))


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
