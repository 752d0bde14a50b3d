"""`draftwire members|groups|folders|grants|keys|tokens|identity|directory`: rights of a running server, over its HTTP
interface, with the token or API key in DRAFTWIRE_TOKEN. No secret is taken as an argument: others could read it.
"""

import asyncio
import json
import time
from collections.abc import Awaitable, Callable, Iterable
from pathlib import Path
from typing import Any, Final

import click
import msgspec

from draftwire.api import Api
from draftwire.errors import Problem
from draftwire.rest.directory import Directory
from draftwire.rest.identity import IdentitySettings
from draftwire.rest.members import Member
from draftwire.rest.rights import Holder, HolderInfo
from draftwire_server.cli.exits import EXIT_FAILED, refuse
from draftwire_server.settings import environment

SERVER: Final = "http://127.0.0.1:8000"
RIGHTS: Final = ("see", "read_drafts", "write", "join", "deploy", "run", "admin")
ROLES: Final = ("admin", "editor", "operator")
DAY_S: Final = 86_400


def _options(command: Callable[..., Any]) -> Callable[..., Any]:
    """What every command takes."""
    command = click.option("--json", "as_json", is_flag=True, help="For programs.")(command)
    return click.option("--server", envvar="DRAFTWIRE_SERVER", default=SERVER, show_default=True, help="Its address.")(
        command
    )


def _ask(server: str, work: Callable[[Api], Awaitable[Any]]) -> Any:
    """Do something with the server; end the process with what it says if it refuses."""
    token = environment().get("DRAFTWIRE_TOKEN")
    if not token:
        refuse("Set DRAFTWIRE_TOKEN: a token or an API key of somebody who may do that.")

    async def ask() -> Any:
        async with Api(server, token) as api:
            return await work(api)

    try:
        return asyncio.run(ask())
    except Problem as problem:
        detail = f" {json.dumps(problem.detail)}" if problem.detail else ""
        click.echo(f"{problem.code}: {problem.message}{detail}", err=True)
        raise SystemExit(EXIT_FAILED) from None


def _show(value: Any, as_json: bool, columns: Iterable[str] = (), rows: Iterable[Iterable[str]] = ()) -> None:
    """Print an answer: as JSON, or as a table for people."""
    if as_json:
        click.echo(json.dumps(msgspec.to_builtins(value), indent=2))
        return
    lines = [[name.upper() for name in columns], *(list(row) for row in rows)]
    widths = [max(len(line[i]) for line in lines) for i in range(len(lines[0]))]
    for line in lines:
        click.echo("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip())


def _done(value: Any, as_json: bool, sentence: str) -> None:
    click.echo(json.dumps(msgspec.to_builtins(value), indent=2) if as_json else sentence)


def _time(at: float | None) -> str:
    return "-" if at is None else time.strftime("%Y-%m-%d %H:%M", time.localtime(at))


def _holder(info: HolderInfo) -> str:
    return f"u/{info.username}" if info.user is not None else f"g/{info.name}"


def _named(name: str) -> Holder:
    """``g/<name>`` is a group, all else a user."""
    return Holder(group=name) if name.startswith("g/") else Holder(user=name)


async def _member(api: Api, name: str) -> str:
    """What a URL takes for a member: ``u/<username>`` is looked up."""
    if not name.startswith("u/"):
        return name
    found = (await api.members.list(username=name[2:], removed=True)).members
    if not found:
        raise Problem("not_found")
    return found[0].id


def _changes(**given: Any) -> dict[str, Any]:
    return {name: value for name, value in given.items() if value is not None}


# ---- members


@click.group()
def members() -> None:
    """Members: list, add, change, remove, bring back, erase."""


def _member_rows(found: Iterable[Member]) -> list[list[str]]:
    return [
        [f"u/{m.username}", m.name, m.role or "-", m.external_id or "-", "removed" if m.removed else ""] for m in found
    ]


MEMBER_COLUMNS: Final = ("place", "name", "role", "external id", "")


@members.command("list")
@_options
@click.option("--search", help="Those whose name holds this.")
@click.option("--removed", is_flag=True, help="Also those who were removed.")
def list_members(server: str, as_json: bool, search: str | None, removed: bool) -> None:
    """List members."""

    async def work(api: Api) -> list[Member]:
        found: list[Member] = []
        cursor = None
        while True:
            page = await api.members.list(search=search, removed=removed, cursor=cursor)
            found += page.members
            cursor = page.next
            if cursor is None:
                return found

    found = _ask(server, work)
    _show(found, as_json, MEMBER_COLUMNS, _member_rows(found))


@members.command("add")
@_options
@click.argument("external_id")
@click.option("--name", help="What others see.")
@click.option("--username", help="Names the place u/<username>/.")
@click.option("--role", type=click.Choice(ROLES), default="editor", show_default=True)
def add_member(server: str, as_json: bool, external_id: str, name: str | None, username: str | None, role: Any) -> None:
    """Add a member; EXTERNAL_ID is the subject of their tokens."""
    made = _ask(server, lambda api: api.members.add(external_id, name=name, username=username, role=role))
    _show(made, as_json, MEMBER_COLUMNS, _member_rows([made]))


@members.command("change")
@_options
@click.argument("member")
@click.option("--name")
@click.option("--username", help="Moves what lies in their place.")
@click.option("--role", type=click.Choice(ROLES))
@click.option("--external-id")
def change_member(server: str, as_json: bool, member: str, **given: Any) -> None:
    """Change a member: an id, the platform's id, or u/<username>."""

    async def work(api: Api) -> Member:
        return await api.members.change(await _member(api, member), **_changes(**given))

    changed = _ask(server, work)
    _show(changed, as_json, MEMBER_COLUMNS, _member_rows([changed]))


@members.command("remove")
@_options
@click.argument("member")
def remove_member(server: str, as_json: bool, member: str) -> None:
    """End a member's access; `restore` brings them back."""

    async def work(api: Api) -> Member:
        return await api.members.remove(await _member(api, member))

    removed = _ask(server, work)
    _done(removed, as_json, f"{removed.name} was removed.")


@members.command("restore")
@_options
@click.argument("member")
def restore_member(server: str, as_json: bool, member: str) -> None:
    """Bring a removed member back."""

    async def work(api: Api) -> Member:
        return await api.members.restore(await _member(api, member))

    restored = _ask(server, work)
    _done(restored, as_json, f"{restored.name} is back.")


@members.command("erase")
@_options
@click.argument("member")
@click.option("--yes", is_flag=True, help="Don't ask.")
def erase_member(server: str, as_json: bool, member: str, yes: bool) -> None:
    """Erase a user: drafts, stash, grants, keys and every name. There is no way back."""
    if not yes:
        click.confirm(f"Erase {member} for good?", abort=True, err=True)

    async def work(api: Api) -> Any:
        return await api.members.erase(await _member(api, member))

    gone = _ask(server, work)
    _done(gone, as_json, f"Erased: {gone.drafts} draft(s), {gone.stash} stashed text(s), {gone.keys} key(s).")


@members.command("sign-out")
@_options
@click.argument("member")
def sign_out(server: str, as_json: bool, member: str) -> None:
    """Refuse all tokens of a member that were issued before now."""

    async def work(api: Api) -> Any:
        return await api.members.sign_out(await _member(api, member))

    _done(_ask(server, work), as_json, f"Tokens of {member} issued before now count no more.")


# ---- groups


@click.group()
def groups() -> None:
    """Groups: list, look at, add, fill, remove."""


@groups.command("list")
@_options
def list_groups(server: str, as_json: bool) -> None:
    """List groups."""
    found = _ask(server, lambda api: api.groups.list())
    rows = [[f"g/{g.name}", g.summary, g.external_id or "-"] for g in found.groups]
    _show(found, as_json, ("place", "summary", "external id"), rows)


@groups.command("show")
@_options
@click.argument("group")
def show_group(server: str, as_json: bool, group: str) -> None:
    """Show who is in a group."""
    found = _ask(server, lambda api: api.groups.get(group.removeprefix("g/")))
    rows = [[_holder(m), m.name] for m in found.members or ()]
    _show(found, as_json, ("place", "name"), rows)


@groups.command("add")
@_options
@click.argument("name")
@click.option("--external-id")
@click.option("--summary", default="")
@click.option("--member", "people", multiple=True, help="Who is in it; again for each.")
def add_group(
    server: str, as_json: bool, name: str, external_id: str | None, summary: str, people: tuple[str, ...]
) -> None:
    """Make a group."""
    made = _ask(server, lambda api: api.groups.add(name, external_id=external_id, summary=summary, members=people))
    _done(made, as_json, f"g/{made.name} is there.")


@groups.command("change")
@_options
@click.argument("group")
@click.option("--name", help="Moves what lies in its place.")
@click.option("--summary")
@click.option("--external-id")
def change_group(server: str, as_json: bool, group: str, **given: Any) -> None:
    """Change a group."""
    changed = _ask(server, lambda api: api.groups.change(group.removeprefix("g/"), **_changes(**given)))
    _done(changed, as_json, f"g/{changed.name} was changed.")


@groups.command("remove")
@_options
@click.argument("group")
def remove_group(server: str, as_json: bool, group: str) -> None:
    """Remove a group in whose place nothing lies."""
    _done(_ask(server, lambda api: api.groups.remove(group.removeprefix("g/"))), as_json, f"{group} was removed.")


@groups.command("enrol")
@_options
@click.argument("group")
@click.argument("member")
def enrol(server: str, as_json: bool, group: str, member: str) -> None:
    """Put a user into a group."""

    async def work(api: Api) -> Any:
        return await api.groups.enrol(group.removeprefix("g/"), await _member(api, member))

    _done(_ask(server, work), as_json, f"{member} is in {group}.")


@groups.command("withdraw")
@_options
@click.argument("group")
@click.argument("member")
def withdraw(server: str, as_json: bool, group: str, member: str) -> None:
    """Take a user out of a group."""

    async def work(api: Api) -> Any:
        return await api.groups.withdraw(group.removeprefix("g/"), await _member(api, member))

    _done(_ask(server, work), as_json, f"{member} is not in {group}.")


# ---- folders


@click.group()
def folders() -> None:
    """Folders: list, look at, add, give roles, remove."""


@folders.command("list")
@_options
def list_folders(server: str, as_json: bool) -> None:
    """List the folders that you may see."""
    found = _ask(server, lambda api: api.folders.list())
    rows = [[f"f/{f.name}", f.summary, " ".join(f.may)] for f in found.folders]
    _show(found, as_json, ("place", "summary", "you may"), rows)


@folders.command("show")
@_options
@click.argument("folder")
def show_folder(server: str, as_json: bool, folder: str) -> None:
    """Show a folder's people."""
    found = _ask(server, lambda api: api.folders.get(folder.removeprefix("f/")))
    by_role = (("owner", found.owners), ("writer", found.writers), ("reader", found.readers))
    rows = [[_holder(person), role] for role, people in by_role for person in people or ()]
    _show(found, as_json, ("who", "role"), rows)


@folders.command("add")
@_options
@click.argument("name")
@click.option("--external-id")
@click.option("--summary", default="")
@click.option("--owner", "owners", multiple=True, help="A user, or g/<group>; again for each.")
@click.option("--writer", "writers", multiple=True)
@click.option("--reader", "readers", multiple=True)
def add_folder(
    server: str, as_json: bool, name: str, external_id: str | None, summary: str, **people: tuple[str, ...]
) -> None:
    """Make a folder."""
    given = {role: tuple(_named(who) for who in names) for role, names in people.items()}
    made = _ask(server, lambda api: api.folders.add(name, external_id=external_id, summary=summary, **given))
    _done(made, as_json, f"f/{made.name} is there.")


@folders.command("change")
@_options
@click.argument("folder")
@click.option("--name", help="Moves what lies in it.")
@click.option("--summary")
@click.option("--external-id")
def change_folder(server: str, as_json: bool, folder: str, **given: Any) -> None:
    """Change a folder."""
    changed = _ask(server, lambda api: api.folders.change(folder.removeprefix("f/"), **_changes(**given)))
    _done(changed, as_json, f"f/{changed.name} was changed.")


@folders.command("role")
@_options
@click.argument("folder")
@click.argument("who")
@click.argument("role", type=click.Choice(["owner", "writer", "reader", "none"]))
def folder_role(server: str, as_json: bool, folder: str, who: str, role: Any) -> None:
    """Give a user or g/<group> a role in a folder, or none."""
    holder = _named(who)
    wanted = None if role == "none" else role
    done = _ask(
        server,
        lambda api: api.folders.set_role(folder.removeprefix("f/"), wanted, user=holder.user, group=holder.group),
    )
    _done(done, as_json, f"{who} has the role {role} in {folder}.")


@folders.command("remove")
@_options
@click.argument("folder")
def remove_folder(server: str, as_json: bool, folder: str) -> None:
    """Remove a folder in which nothing lies."""
    _done(_ask(server, lambda api: api.folders.remove(folder.removeprefix("f/"))), as_json, f"{folder} was removed.")


# ---- grants


@click.group()
def grants() -> None:
    """Rights on single items or below prefixes."""


@grants.command("list")
@_options
@click.option("--user")
@click.option("--group")
@click.option("--item")
def list_grants(server: str, as_json: bool, **given: Any) -> None:
    """List grants."""
    found = _ask(server, lambda api: api.grants.list(**given))
    rows = [
        [g.id, _holder(g.to), f"item {g.item}" if g.item else g.prefix or "everything", " ".join(g.may), _time(g.until)]
        for g in found.grants
    ]
    _show(found, as_json, ("grant", "to", "on", "may", "until"), rows)


@grants.command("give")
@_options
@click.argument("who")
@click.argument("may", nargs=-1, required=True, type=click.Choice(RIGHTS))
@click.option("--item", help="On one item.")
@click.option("--prefix", help="Below a path, as f/payments/; an empty one is everything.")
@click.option("--days", type=click.FloatRange(0, min_open=True), help="For so many days.")
def give_grant(
    server: str, as_json: bool, who: str, may: Any, item: str | None, prefix: str | None, days: float | None
) -> None:
    """Give a user or g/<group> rights."""
    holder = _named(who)
    until = None if days is None else time.time() + days * DAY_S
    given = _ask(
        server,
        lambda api: api.grants.give(may, user=holder.user, group=holder.group, item=item, prefix=prefix, until=until),
    )
    _done(given, as_json, f"Grant {given.id}: {_holder(given.to)} may {' '.join(given.may)}.")


@grants.command("end")
@_options
@click.argument("grant")
def end_grant(server: str, as_json: bool, grant: str) -> None:
    """Take a grant away."""
    _done(_ask(server, lambda api: api.grants.end(grant)), as_json, f"Grant {grant} is over.")


# ---- keys and tokens


@click.group()
def keys() -> None:
    """API keys: list, make, revoke."""


@keys.command("list")
@_options
def list_keys(server: str, as_json: bool) -> None:
    """List keys: yours, or all if you are an admin."""
    found = _ask(server, lambda api: api.keys.list())
    rows = [
        [
            k.name,
            f"…{k.hint}",
            _holder(k.user),
            " ".join(k.may),
            _time(k.expires_at),
            _time(k.last_used_at),
            "revoked" if k.revoked_at else "",
        ]
        for k in found.keys
    ]
    _show(found, as_json, ("name", "ends in", "user", "may", "expires", "last used", ""), rows)


@keys.command("make")
@_options
@click.argument("name")
@click.option("--may", multiple=True, type=click.Choice(RIGHTS), help="Only these rights; again for each.")
@click.option("--prefix", "prefixes", multiple=True, help="Only below these paths.")
@click.option("--item", "items", multiple=True, help="Only these items.")
@click.option("--days", type=click.FloatRange(0, min_open=True), help="For so many days.")
@click.option("--act-for", multiple=True, help='Users for whom it may act, or "any".')
@click.option("--user", help="Whose key it is, if not yours.")
def make_key(
    server: str,
    as_json: bool,
    name: str,
    may: Any,
    prefixes: tuple[str, ...],
    items: tuple[str, ...],
    days: float | None,
    act_for: tuple[str, ...],
    user: str | None,
) -> None:
    """Make a key. It is printed this once."""
    made = _ask(
        server,
        lambda api: api.keys.make(
            name,
            may=may or None,
            prefixes=prefixes or None,
            items=items or None,
            expires_at=None if days is None else time.time() + days * DAY_S,
            act_for="any" if act_for == ("any",) else act_for,
            user=user,
        ),
    )
    _done(made, as_json, made.secret)


@keys.command("revoke")
@_options
@click.argument("key")
def revoke_key(server: str, as_json: bool, key: str) -> None:
    """Revoke a key, by id or name."""
    _done(_ask(server, lambda api: api.keys.revoke(key)), as_json, f"{key} is revoked.")


@click.group()
def tokens() -> None:
    """Single tokens that count no more."""


@tokens.command("revoke")
@_options
@click.argument("jti")
@click.option("--expires-at", type=float, help="When it expires by itself, in Unix seconds; then it is forgotten.")
def revoke_token(server: str, as_json: bool, jti: str, expires_at: float | None) -> None:
    """Refuse the token with this jti from now on."""
    _done(_ask(server, lambda api: api.tokens.revoke(jti=jti, expires_at=expires_at)), as_json, f"{jti} is revoked.")


# ---- whose tokens, and everything at once


@click.group()
def identity() -> None:
    """Whose tokens open the workspace."""


def _show_identity(found: Any, as_json: bool) -> None:
    own = msgspec.structs.asdict(found.set)
    rows = [
        [name, ", ".join(value) if isinstance(value, tuple) else value or "-", "" if own[name] else "the server's"]
        for name, value in msgspec.structs.asdict(found.holds).items()
    ]
    _show(found, as_json, ("setting", "holds", ""), rows)


@identity.command("show")
@_options
def show_identity(server: str, as_json: bool) -> None:
    """Show issuer, audience, JWKS address and algorithms."""
    _show_identity(_ask(server, lambda api: api.tokens.identity()), as_json)


@identity.command("set")
@_options
@click.option("--issuer")
@click.option("--audience")
@click.option("--jwks-url")
@click.option("--algorithm", "algorithms", multiple=True, type=click.Choice(["HS256", "RS256", "ES256"]))
def set_identity(
    server: str, as_json: bool, issuer: str | None, audience: str | None, jwks_url: str | None, algorithms: Any
) -> None:
    """Set them; what is not given is as the server's settings say."""
    wanted = IdentitySettings(issuer, audience, jwks_url, algorithms or None)
    _show_identity(_ask(server, lambda api: api.tokens.set_identity(wanted)), as_json)


@click.group()
def directory() -> None:
    """Users, groups and folders, as a platform has them."""


@directory.command("sync")
@_options
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def sync(server: str, as_json: bool, file: Path) -> None:
    """Bring them to what FILE says (JSON: members, groups, folders, absent)."""
    try:
        wanted = msgspec.json.decode(file.read_bytes(), type=Directory)
    except msgspec.DecodeError as error:
        refuse(f"{file} can't be read: {error}")
    result = _ask(server, lambda api: api.directory.sync(wanted))
    parts = (("member", result.members), ("group", result.groups), ("folder", result.folders))
    rows = [[what, e.external_id, e.outcome] for what, part in parts for e in part if e.outcome != "unchanged"]
    _show(result, as_json, ("what", "external id", "outcome"), rows)


COMMANDS: Final = (members, groups, folders, grants, keys, tokens, identity, directory)
