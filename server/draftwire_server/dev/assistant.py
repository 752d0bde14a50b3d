"""The demo's assistant: a real AI session, but for the model.

It runs as a child process on the SDK: an agent on behalf of the user who asked, with a run of its own, whose id is the
first line that it prints. It reads the text, and streams a prepared change in small pieces, as tokens come from a
model, while people go on typing around it.
"""

import asyncio
import os
import random
import re
import sys
from collections.abc import Iterator

import draftwire
from draftwire.errors import Problem

PAUSE_S = (0.02, 0.07)  # between pieces, as tokens come from a model
PIECE_CHARS = (1, 6)
READING_S = 0.8  # it is seen to arrive and to read before it types
LABEL = "document a function"


def plan(text: str, *, python: bool) -> tuple[int, str]:
    """Before which line to write, from 1, and what: the words for the first function that has none, else a helper."""
    found = _plan_python(text) if python else _plan_typescript(text)
    if found is not None:
        return found
    return len(text.split("\n")), PYTHON_HELPER if python else TYPESCRIPT_HELPER


PYTHON_HELPER = '''

def require_positive(name: str, value: float) -> float:
    """Give the value back if it is above zero.

    Raises:
        ValueError: it is not.
    """
    if value <= 0:
        raise ValueError(f"{name} must be above zero, not {value}")
    return value
'''

TYPESCRIPT_HELPER = """
function requirePositive(name: string, value: number): number {
  if (!(value > 0)) {
    throw new RangeError(`${name} must be above zero, not ${value}`);
  }
  return value;
}
"""


def _plan_python(text: str) -> tuple[int, str] | None:
    for found in re.finditer(r"^(?:async )?def (\w+)\(([^)]*)\)[^\n]*:\n(?P<indent>[ \t]+)(?P<first>\S)", text, re.M):
        if text.startswith('"""', found.start("first")):
            continue
        name = found[1].replace("_", " ").strip()
        names = [part.split(":")[0].split("=")[0].strip() for part in found[2].split(",") if part.strip()]
        lines = [f'"""{name[:1].upper()}{name[1:]}.', ""]
        if names:
            lines.append("Args:")
            lines += [f"    {argument}: see the caller; validated before use." for argument in names]
            lines.append("")
        lines += ["Raises:", "    ValueError: an argument is out of range.", '"""']
        number = text.count("\n", 0, found.start("indent")) + 1
        return number, "".join(f"{found['indent']}{line}\n" if line else "\n" for line in lines)
    return None


def _plan_typescript(text: str) -> tuple[int, str] | None:
    found = re.search(r"^export (?:async )?function (\w+)", text, re.M)
    if found is None or text[: found.start()].rstrip().endswith("*/"):
        return None
    words = re.sub(r"([A-Z])", r" \1", found[1]).lower()
    return text.count("\n", 0, found.start()) + 1, (
        f"/**\n * {words[:1].upper()}{words[1:]}.\n *\n * Rejects when the answer is not 2xx,\n"
        " * and never retries by itself: the scheduler does, with its own back-off.\n */\n"
    )


def pieces(text: str) -> Iterator[str]:
    """The text as a model would give it."""
    while text:
        size = random.randint(*PIECE_CHARS)  # noqa: S311 — the rhythm of typing
        yield text[:size]
        text = text[size:]


async def assist(url: str, token: str, item: str, draft: str, leaf: str) -> None:
    """Do one piece of work; a person's stop ends it."""
    async with (
        draftwire.connect(url, token, client="draftwire-assistant") as client,
        client.run(item, label=LABEL) as run,
    ):
        sys.stdout.write(f"{run.id}\n")
        sys.stdout.flush()
        document = (await run.read(draft=draft)).value
        source = await run.read(leaf, draft=draft)
        await asyncio.sleep(READING_S)
        line, words = plan(source.text or "", python=str(document.get("language", "")).startswith("python"))
        async with run.stream(leaf, line=line, draft=draft) as stream:
            for piece in pieces(words):
                await stream.write(piece)
                await asyncio.sleep(random.uniform(*PAUSE_S))  # noqa: S311


def main() -> None:
    """Entry point of the child process: the token comes by the environment, never by the command line."""
    try:
        asyncio.run(assist(sys.argv[1], os.environ["DRAFTWIRE_ASSISTANT_TOKEN"], *sys.argv[2:5]))
    except Problem as problem:
        if problem.code != "run_stopped":
            raise


if __name__ == "__main__":
    main()
