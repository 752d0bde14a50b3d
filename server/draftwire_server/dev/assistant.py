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

PAUSE_S = (0.06, 0.14)  # between pieces: some 35 characters a second, as many models write
PIECE_CHARS = (1, 6)
READING_S = 0.8  # it is seen to arrive and to read before it types
LABEL = "document a function"

OF_PARAMETER = "as the caller has it, checked before it is used"

PYTHON_FUNCTION = re.compile(
    r"^(?P<indent>[ \t]*)(?:async )?def (?P<name>\w+)(?P<header>\([^\n]*:)\n(?P<inner>[ \t]+)(?P<first>\S)", re.M
)
SCRIPT_FUNCTION = re.compile(
    r"^(?P<indent>[ \t]*)(?:export )?(?:async )?function (?P<name>\w+)[^\n(]*(?P<header>\([^\n]*)", re.M
)
PARAMETER = re.compile(r"[(,]\s*(?:\.\.\.|\*{1,2})?(\w+)(?=\??\s*[:=,)])")
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

SCRIPT_HELPER = """
function requirePositive(name: string, value: number): number {
  if (!(value > 0)) {
    throw new RangeError(`${name} must be above zero, not ${value}`);
  }
  return value;
}
"""


def plan(text: str, *, python: bool, near: int = 1) -> tuple[int, str]:
    """Before which line to write, from 1, and what.

    The words for a function that has none: the first one from line ``near`` on, else the first; else a helper.
    """
    found = list(_plan_python(text) if python else _plan_script(text))
    if found:
        return next((each for each in found if each[0] >= near), found[0])
    return len(text.split("\n")), PYTHON_HELPER if python else SCRIPT_HELPER


def _plan_python(text: str) -> Iterator[tuple[int, str]]:
    for found in PYTHON_FUNCTION.finditer(text):
        if text.startswith('"""', found.start("first")):
            continue
        names = _parameters(found["header"])
        lines = [f'"""{_as_words(found["name"])}.', ""]
        if names:
            lines += ["Args:", *(f"    {name}: {OF_PARAMETER}" for name in names), ""]
        lines += ["Raises:", "    ValueError: an argument is out of range.", '"""']
        number = text.count("\n", 0, found.start("inner")) + 1
        yield number, "".join(f"{found['inner']}{line}\n" if line else "\n" for line in lines)


def _plan_script(text: str) -> Iterator[tuple[int, str]]:
    for found in SCRIPT_FUNCTION.finditer(text):
        if text[: found.start()].rstrip().endswith("*/"):
            continue
        names = _parameters(found["header"])
        lines = [f"{_as_words(found['name'])}.", *([""] if names else [])]
        lines += [f"@param {name} {OF_PARAMETER}" for name in names]
        lines += ["@throws RangeError if one of them is out of range"] if names else []
        number = text.count("\n", 0, found.start()) + 1
        yield number, "".join(f"{found['indent']}{line}\n" for line in _commented(lines))


def _commented(lines: list[str]) -> list[str]:
    return ["/**", *(f" * {line}".rstrip() for line in lines), " */"]


def _parameters(header: str) -> list[str]:
    """The names of the parameters in a function's first line, also while somebody types it."""
    return [name for name in PARAMETER.findall(header) if name not in ("self", "cls")]


def _as_words(name: str) -> str:
    words = re.sub(r"([A-Z])", r" \1", name).replace("_", " ").strip().lower()
    return f"{words[:1].upper()}{words[1:]}"


def pieces(text: str) -> Iterator[str]:
    """The text as a model would give it."""
    while text:
        size = random.randint(*PIECE_CHARS)  # noqa: S311 — the rhythm of typing
        yield text[:size]
        text = text[size:]


async def assist(url: str, token: str, item: str, draft: str, leaf: str, near: str) -> None:
    """Do one piece of work; a person's stop ends it."""
    async with (
        draftwire.connect(url, token, client="draftwire-assistant") as client,
        client.run(item, label=LABEL) as run,
    ):
        sys.stdout.write(f"{run.id}\n")
        sys.stdout.flush()
        document = (await run.read(draft=draft, item=item)).value
        source = await run.read(leaf, draft=draft, item=item)
        await asyncio.sleep(READING_S)
        line, words = plan(
            source.text or "", python=str(document.get("language", "")).startswith("python"), near=int(near)
        )
        async with run.stream(leaf, line=line, draft=draft, item=item) as stream:
            for piece in pieces(words):
                await stream.write(piece)
                await asyncio.sleep(random.uniform(*PAUSE_S))  # noqa: S311


def main() -> None:
    """Entry point of the child process: the token comes by the environment, never by the command line."""
    try:
        asyncio.run(assist(sys.argv[1], os.environ["DRAFTWIRE_ASSISTANT_TOKEN"], *sys.argv[2:6]))
    except Problem as problem:
        if problem.code != "run_stopped":
            raise


if __name__ == "__main__":
    main()
