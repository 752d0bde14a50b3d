"""`draftwire members|groups|folders`: who is there, and what is whose."""

from collections.abc import Iterable
from typing import Any, Final

import click

from draftwire.api import Api
from draftwire.rest.members import Member
from draftwire_server.cli.asking import (
    ROLES,
    ask,
    done,
    every,
    given_only,
    holder_text,
    member_id,
    named,
    options,
    show,
)

# ---- members


@click.group()
def members() -> None:
    """Members: list, add, change, remove, restore, erase."""


def _member_rows(found: Iterable[Member]) -> list[list[str]]:
    return [
        [f"u/{m.username}", m.name, m.role or "-", m.external_id or "-", "removed" if m.removed else ""] for m in found
    ]


MEMBER_COLUMNS: Final = ("place", "name", "role", "external id", "")


@members.command("list")
@options
@click.option("--search", help="Only members whose name contains this.")
@click.option("--removed", is_flag=True, help="Include removed members.")
def list_members(server: str, as_json: bool, search: str | None, removed: bool) -> None:
    """List members."""

    async def work(api: Api) -> list[Member]:
        async def page_at(cursor: str | None) -> tuple[tuple[Member, ...], str | None]:
            page = await api.members.list(search=search, removed=removed, cursor=cursor)
            return page.members, page.next

        return await every(page_at)

    found = ask(server, work)
    show(found, as_json, MEMBER_COLUMNS, _member_rows(found))


@members.command("add")
@options
@click.argument("external_id")
@click.option("--name", help="The name that others see.")
@click.option("--username", help="Username; the member's place is u/<username>/.")
@click.option("--role", type=click.Choice(ROLES), default="editor", show_default=True)
def add_member(server: str, as_json: bool, external_id: str, name: str | None, username: str | None, role: Any) -> None:
    """Add a member; EXTERNAL_ID is the subject of their tokens."""
    made = ask(server, lambda api: api.members.add(external_id, name=name, username=username, role=role))
    show(made, as_json, MEMBER_COLUMNS, _member_rows([made]))


@members.command("change")
@options
@click.argument("member")
@click.option("--name")
@click.option("--username", help="New username; moves the items in their place.")
@click.option("--role", type=click.Choice(ROLES))
@click.option("--external-id")
def change_member(server: str, as_json: bool, member: str, **given: Any) -> None:
    """Change a member, named by id, external id or u/<username>."""

    async def work(api: Api) -> Member:
        return await api.members.change(await member_id(api, member), **given_only(**given))

    changed = ask(server, work)
    show(changed, as_json, MEMBER_COLUMNS, _member_rows([changed]))


@members.command("remove")
@options
@click.argument("member")
def remove_member(server: str, as_json: bool, member: str) -> None:
    """End a member's access. `restore` undoes it."""

    async def work(api: Api) -> Member:
        return await api.members.remove(await member_id(api, member))

    removed = ask(server, work)
    done(removed, as_json, f"Removed {removed.name}.")


@members.command("restore")
@options
@click.argument("member")
def restore_member(server: str, as_json: bool, member: str) -> None:
    """Restore a removed member."""

    async def work(api: Api) -> Member:
        return await api.members.restore(await member_id(api, member))

    restored = ask(server, work)
    done(restored, as_json, f"Restored {restored.name}.")


@members.command("erase")
@options
@click.argument("member")
@click.option("--yes", is_flag=True, help="Don't ask for confirmation.")
def erase_member(server: str, as_json: bool, member: str, yes: bool) -> None:
    """Erase a member: drafts, stash, grants, keys and name. This can't be undone."""
    if not yes:
        click.confirm(f"Erase {member} for good?", abort=True, err=True)

    async def work(api: Api) -> Any:
        return await api.members.erase(await member_id(api, member))

    gone = ask(server, work)
    done(gone, as_json, f"Erased: {gone.drafts} draft(s), {gone.stash} stashed text(s), {gone.keys} key(s).")


@members.command("sign-out")
@options
@click.argument("member")
def sign_out(server: str, as_json: bool, member: str) -> None:
    """Refuse all tokens of a member that were issued before now."""

    async def work(api: Api) -> Any:
        return await api.members.sign_out(await member_id(api, member))

    done(ask(server, work), as_json, f"Revoked all tokens of {member} issued before now.")


# ---- groups


@click.group()
def groups() -> None:
    """Groups: list, show, add, enrol, withdraw, remove."""


@groups.command("list")
@options
def list_groups(server: str, as_json: bool) -> None:
    """List groups."""
    found = ask(server, lambda api: api.groups.list())
    rows = [[f"g/{g.name}", g.summary, g.external_id or "-"] for g in found.groups]
    show(found, as_json, ("place", "summary", "external id"), rows)


@groups.command("show")
@options
@click.argument("group")
def show_group(server: str, as_json: bool, group: str) -> None:
    """Show who is in a group."""
    found = ask(server, lambda api: api.groups.get(group.removeprefix("g/")))
    rows = [[holder_text(m), m.name] for m in found.members or ()]
    show(found, as_json, ("place", "name"), rows)


@groups.command("add")
@options
@click.argument("name")
@click.option("--external-id")
@click.option("--summary", default="")
@click.option("--member", "people", multiple=True, help="A member. Can be repeated.")
def add_group(
    server: str, as_json: bool, name: str, external_id: str | None, summary: str, people: tuple[str, ...]
) -> None:
    """Create a group."""
    made = ask(server, lambda api: api.groups.add(name, external_id=external_id, summary=summary, members=people))
    done(made, as_json, f"Created g/{made.name}.")


@groups.command("change")
@options
@click.argument("group")
@click.option("--name", help="New name; moves the items in its place.")
@click.option("--summary")
@click.option("--external-id")
def change_group(server: str, as_json: bool, group: str, **given: Any) -> None:
    """Change a group."""
    changed = ask(server, lambda api: api.groups.change(group.removeprefix("g/"), **given_only(**given)))
    done(changed, as_json, f"Changed g/{changed.name}.")


@groups.command("remove")
@options
@click.argument("group")
def remove_group(server: str, as_json: bool, group: str) -> None:
    """Remove a group whose place has no items."""
    done(ask(server, lambda api: api.groups.remove(group.removeprefix("g/"))), as_json, f"Removed {group}.")


@groups.command("enrol")
@options
@click.argument("group")
@click.argument("member")
def enrol(server: str, as_json: bool, group: str, member: str) -> None:
    """Add a user to a group."""

    async def work(api: Api) -> Any:
        return await api.groups.enrol(group.removeprefix("g/"), await member_id(api, member))

    done(ask(server, work), as_json, f"{member} is in {group}.")


@groups.command("withdraw")
@options
@click.argument("group")
@click.argument("member")
def withdraw(server: str, as_json: bool, group: str, member: str) -> None:
    """Remove a user from a group."""

    async def work(api: Api) -> Any:
        return await api.groups.withdraw(group.removeprefix("g/"), await member_id(api, member))

    done(ask(server, work), as_json, f"{member} is not in {group}.")


# ---- folders


@click.group()
def folders() -> None:
    """Folders: list, show, add, set roles, remove."""


@folders.command("list")
@options
def list_folders(server: str, as_json: bool) -> None:
    """List the folders you can see."""
    found = ask(server, lambda api: api.folders.list())
    rows = [[f"f/{f.name}", f.summary, " ".join(f.may)] for f in found.folders]
    show(found, as_json, ("place", "summary", "you may"), rows)


@folders.command("show")
@options
@click.argument("folder")
def show_folder(server: str, as_json: bool, folder: str) -> None:
    """Show a folder's people."""
    found = ask(server, lambda api: api.folders.get(folder.removeprefix("f/")))
    by_role = (("owner", found.owners), ("writer", found.writers), ("reader", found.readers))
    rows = [[holder_text(person), role] for role, people in by_role for person in people or ()]
    show(found, as_json, ("who", "role"), rows)


@folders.command("add")
@options
@click.argument("name")
@click.option("--external-id")
@click.option("--summary", default="")
@click.option("--owner", "owners", multiple=True, help="An owner: a user or g/<group>. Can be repeated.")
@click.option("--writer", "writers", multiple=True)
@click.option("--reader", "readers", multiple=True)
def add_folder(
    server: str, as_json: bool, name: str, external_id: str | None, summary: str, **people: tuple[str, ...]
) -> None:
    """Create a folder."""
    given = {role: tuple(named(who) for who in names) for role, names in people.items()}
    made = ask(server, lambda api: api.folders.add(name, external_id=external_id, summary=summary, **given))
    done(made, as_json, f"Created f/{made.name}.")


@folders.command("change")
@options
@click.argument("folder")
@click.option("--name", help="New name; moves the items in it.")
@click.option("--summary")
@click.option("--external-id")
def change_folder(server: str, as_json: bool, folder: str, **given: Any) -> None:
    """Change a folder."""
    changed = ask(server, lambda api: api.folders.change(folder.removeprefix("f/"), **given_only(**given)))
    done(changed, as_json, f"Changed f/{changed.name}.")


@folders.command("role")
@options
@click.argument("folder")
@click.argument("who")
@click.argument("role", type=click.Choice(["owner", "writer", "reader", "none"]))
def folder_role(server: str, as_json: bool, folder: str, who: str, role: Any) -> None:
    """Set the role of a user or g/<group> in a folder, or remove it."""
    holder = named(who)
    wanted = None if role == "none" else role
    answer = ask(
        server,
        lambda api: api.folders.set_role(folder.removeprefix("f/"), wanted, user=holder.user, group=holder.group),
    )
    done(answer, as_json, f"{who} has the role {role} in {folder}.")


@folders.command("remove")
@options
@click.argument("folder")
def remove_folder(server: str, as_json: bool, folder: str) -> None:
    """Remove an empty folder."""
    done(ask(server, lambda api: api.folders.remove(folder.removeprefix("f/"))), as_json, f"Removed {folder}.")
