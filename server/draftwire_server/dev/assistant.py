"""The demo's assistant: a real AI session, but for the model.

It runs as a child process on the SDK: an agent actor on behalf of the user who asked, with a run of its own. It opens
the draft, reads it, and types a prepared change in small pieces, while people go on typing around it.
"""

import asyncio
import os
import random
import re
import sys

import draftwire

PAUSE_S = (0.02, 0.07)  # between pieces, as tokens come from a model
PIECE_CHARS = (1, 6)
READING_S = 0.8  # it is seen to arrive and to read before it types


def plan(language: str, text: str) -> tuple[int, str]:
    """Where to type and what: a docstring for the first function that has none, else a checked helper at the end."""
    if language.startswith("python"):
        return _plan_python(text)
    return _plan_typescript(text)


def _plan_python(text: str) -> tuple[int, str]:
    for found in re.finditer(r"^(?:async )?def (\w+)\(([^)]*)\)[^\n]*:\n(?P<body>[ \t]+)(?P<first>\S)", text, re.M):
        if not text.startswith('"""', found.start("first")):
            name = found[1].replace("_", " ").strip()
            names = [part.split(":")[0].split("=")[0].strip() for part in found[2].split(",") if part.strip()]
            indent = found["body"]
            lines = [f'"""{name[:1].upper()}{name[1:]}.', ""]
            if names:
                lines.append("Args:")
                lines += [f"    {argument}: see the caller; validated before use." for argument in names]
                lines.append("")
            lines += ["Raises:", "    ValueError: an argument is out of range.", '"""']
            body = "\n".join((indent + line if line and i else line) for i, line in enumerate(lines))
            return found.start("first"), body + "\n" + indent
    helper = (
        "\n\ndef require_positive(name: str, value: float) -> float:\n"
        '    """Give the value back if it is above zero.\n\n'
        "    Raises:\n"
        "        ValueError: it is not.\n"
        '    """\n'
        "    if value <= 0:\n"
        '        raise ValueError(f"{name} must be above zero, not {value}")\n'
        "    return value\n"
    )
    return len(text), helper


def _plan_typescript(text: str) -> tuple[int, str]:
    found = re.search(r"^export (?:async )?function (\w+)", text, re.M)
    if found and not text[: found.start()].rstrip().endswith("*/"):
        words = re.sub(r"([A-Z])", r" \1", found[1]).lower()
        return found.start(), (
            f"/**\n * {words[:1].upper()}{words[1:]}.\n *\n * Rejects when the answer is not 2xx,\n"
            " * and never retries by itself: the scheduler does, with its own back-off.\n */\n"
        )
    helper = (
        "\nfunction requirePositive(name: string, value: number): number {\n"
        "  if (!(value > 0)) {\n"
        "    throw new RangeError(`${name} must be above zero, not ${value}`);\n"
        "  }\n"
        "  return value;\n"
        "}\n"
    )
    return len(text), helper


def utf16(text: str) -> int:
    """The length of a text as the wire counts."""
    return len(text.encode("utf-16-le")) // 2


async def assist(url: str, token: str, run: str, item: str, draft_id: str, leaf: str) -> None:
    """Do one piece of work."""
    async with draftwire.connect(url, token, run=run, client="draftwire-assistant") as client:
        draft = await client.open(draft=draft_id)
        await client.focus(item, draft=draft_id, state="viewing", at=leaf)
        await asyncio.sleep(READING_S)
        value = draft.value
        text = str(draft.get(leaf))
        at, addition = plan(str(value.get("language", "")), text)
        anchor = draft.anchor(leaf, utf16(text[:at]))
        await client.focus(item, draft=draft_id, state="editing", at=leaf, anchor=anchor.position, head=anchor.position)
        while addition:
            size = random.randint(*PIECE_CHARS)  # noqa: S311 — the rhythm of typing
            piece, addition = addition[:size], addition[size:]
            draft.insert(anchor, piece)
            await asyncio.sleep(random.uniform(*PAUSE_S))  # noqa: S311
        await draft.saved()


def main() -> None:
    """Entry point of the child process: the token comes by the environment, never by the command line."""
    url, run, item, draft, leaf = sys.argv[1:6]
    asyncio.run(assist(url, os.environ["DRAFTWIRE_ASSISTANT_TOKEN"], run, item, draft, leaf))


if __name__ == "__main__":
    main()
