"""What a model writes goes into a draft token by token: streams of the `openai` and `anthropic` packages.

    export DRAFTWIRE_TOKEN=… OPENAI_API_KEY=… OPENAI_MODEL=…
    python token_streams.py f/payments/refund_charge "Write a function that …"

Each of the first three functions gives the text of one kind of stream, and raises `CutShort` where the model did not
come to its end: then the block of `run.stream` fails, and what was written stays and is marked as unfinished.
"""

import asyncio
import os
import sys
from collections.abc import AsyncIterable, AsyncIterator

from anthropic.types import RawMessageStreamEvent
from openai.types.chat import ChatCompletionChunk
from openai.types.responses import ResponseStreamEvent

import draftwire


class CutShort(Exception):
    """The model stopped before its end: at a limit, or because the connection did."""


async def openai_chat(stream: AsyncIterable[ChatCompletionChunk]) -> AsyncIterator[str]:
    """`client.chat.completions.create(…, stream=True)`"""
    finish = None
    async for chunk in stream:
        for choice in chunk.choices:  # the last chunk, with the usage, has none
            if choice.delta.content:
                yield choice.delta.content
            finish = choice.finish_reason or finish
    if finish != "stop":
        raise CutShort(finish or "no finish_reason")


async def openai_responses(stream: AsyncIterable[ResponseStreamEvent]) -> AsyncIterator[str]:
    """`client.responses.create(…, stream=True)`"""
    completed = False
    async for event in stream:
        if event.type == "response.output_text.delta":
            yield event.delta
        elif event.type == "response.completed":
            completed = True
    if not completed:
        raise CutShort("no response.completed")


async def anthropic_messages(stream: AsyncIterable[RawMessageStreamEvent]) -> AsyncIterator[str]:
    """`client.messages.create(…, stream=True)`"""
    reason = None
    async for event in stream:
        if event.type == "content_block_delta" and event.delta.type == "text_delta":
            yield event.delta.text
        elif event.type == "message_delta":
            reason = event.delta.stop_reason or reason
    if reason not in ("end_turn", "stop_sequence"):
        raise CutShort(reason or "no stop_reason")


async def code_only(pieces: AsyncIterator[str]) -> AsyncIterator[str]:
    """Leave out the fence that models put around code, and what they say after it, however it is cut into pieces."""
    held, fenced, closed = "", None, False
    async for piece in pieces:
        if closed:
            continue  # the stream is read to its end, which says whether it came there
        held += piece.replace("\r", "")
        if fenced is None:
            _, newline, rest = held.partition("\n")
            if held.startswith("```"):
                if not newline:
                    continue
                held, fenced = rest, True
            elif "```".startswith(held):
                continue
            else:
                fenced = False
        end = held.find("\n```") + 1 if fenced else 0
        closed = end > 0
        if not closed:
            last = held.rfind("\n")  # what may become the closing fence waits for what follows
            end = last if fenced and last >= 0 and "```".startswith(held[last + 1 :]) else len(held)
        if end:
            yield held[:end]
            held = held[end:]
    if held and not closed:
        yield held


async def write_code(client: draftwire.Client, path: str, pieces: AsyncIterator[str], *, model: str) -> int:
    """Put what a model writes at the end of a script; gives how long it was."""
    item = (await client.api.items.at(path)).item
    async with client.run(item, label="write code", model=model) as run:
        lines = (await run.read("/content")).lines or 0
        async with run.stream("/content", line=lines + 1) as stream:
            async for piece in code_only(pieces):
                await stream.write(piece)
        return stream.units


async def main(path: str, task: str) -> None:
    from openai import AsyncOpenAI

    model = os.environ["OPENAI_MODEL"]
    server, token = os.environ.get("DRAFTWIRE_SERVER", "http://127.0.0.1:8000"), os.environ["DRAFTWIRE_TOKEN"]
    async with draftwire.connect(server, token, agent="coder") as client, AsyncOpenAI() as openai:
        asked = [{"role": "user", "content": task}]
        stream = await openai.chat.completions.create(model=model, messages=asked, stream=True)
        print(await write_code(client, path, openai_chat(stream), model=model))


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
