"""How the commands ask a running server: over HTTP, with the token or API key in DRAFTWIRE_TOKEN; and how they show
what it answers. No secret is taken as an argument: others could read it.
"""

import asyncio
import json
import sys
import time
from collections.abc import Awaitable, Callable, Iterable
from typing import Any, Final, TypeVar

import click
import msgspec

from draftwire.api import Api
from draftwire.errors import Problem
from draftwire.rest.rights import Holder, HolderInfo
from draftwire_server.cli.exits import EXIT_FAILED, refuse
from draftwire_server.settings import environment

SERVER: Final = "http://127.0.0.1:8000"
RIGHTS: Final = ("see", "read_drafts", "write", "join", "deploy", "run", "admin")
ROLES: Final = ("admin", "editor", "operator")
DAY_S: Final = 86_400

T = TypeVar("T")


def options(command: Callable[..., Any]) -> Callable[..., Any]:
    """What every command takes."""
    command = click.option("--json", "as_json", is_flag=True, help="Print JSON.")(command)
    return click.option("--server", envvar="DRAFTWIRE_SERVER", default=SERVER, show_default=True, help="Server URL.")(
        command
    )


def token_or_refuse() -> str:
    """The token of who asks; without one the process ends."""
    token = environment().get("DRAFTWIRE_TOKEN")
    if not token:
        refuse("Set DRAFTWIRE_TOKEN to a token or API key with the rights for this.")
    return token


def ask(server: str, work: Callable[[Api], Awaitable[Any]]) -> Any:
    """Do something with the server; end the process with what it says if it refuses."""
    token = token_or_refuse()

    async def asking() -> Any:
        async with Api(server, token) as api:
            return await work(api)

    try:
        return asyncio.run(asking())
    except Problem as problem:
        detail = f" {json.dumps(problem.detail)}" if problem.detail else ""
        click.echo(f"{problem.code}: {problem.message}{detail}", err=True)
        raise SystemExit(EXIT_FAILED) from None


def show(value: Any, as_json: bool, columns: Iterable[str] = (), rows: Iterable[Iterable[str]] = ()) -> None:
    """Print an answer: as JSON, or as a table for people."""
    if as_json:
        click.echo(json.dumps(msgspec.to_builtins(value), indent=2))
        return
    lines = [[name.upper() for name in columns], *(list(row) for row in rows)]
    widths = [max(len(line[i]) for line in lines) for i in range(len(lines[0]))]
    for line in lines:
        click.echo("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip())


def done(value: Any, as_json: bool, sentence: str) -> None:
    click.echo(json.dumps(msgspec.to_builtins(value), indent=2) if as_json else sentence)


def moment(at: float | None) -> str:
    return "-" if at is None else time.strftime("%Y-%m-%d %H:%M", time.localtime(at))


def holder_text(info: HolderInfo) -> str:
    return f"u/{info.username}" if info.user is not None else f"g/{info.name}"


def named(name: str) -> Holder:
    """``g/<name>`` is a group, all else a user."""
    return Holder(group=name) if name.startswith("g/") else Holder(user=name)


async def member_id(api: Api, name: str) -> str:
    """What a URL takes for a member: ``u/<username>`` is looked up."""
    if not name.startswith("u/"):
        return name
    found = (await api.members.list(username=name[2:], removed=True)).members
    if not found:
        raise Problem("not_found")
    return found[0].id


def given_only(**given: Any) -> dict[str, Any]:
    return {name: value for name, value in given.items() if value is not None}


def confirmed(question: str) -> None:
    """Go on only if a person says so; who can't be asked must say --yes."""
    if not sys.stdin.isatty():
        refuse("Nobody can be asked here: say --yes, or name the state with --etag.")
    click.confirm(question, abort=True)


async def every(page_at: Callable[[str | None], Awaitable[tuple[Iterable[T], str | None]]]) -> list[T]:
    """All lines of a list in pages: ``page_at`` gives those of the page at a cursor, and the next cursor."""
    found: list[T] = []
    cursor: str | None = None
    while True:
        lines, cursor = await page_at(cursor)
        found += lines
        if cursor is None:
            return found
