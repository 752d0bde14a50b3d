"""The demo workspace: people, rights, and items with content as a real platform would have it.

The content lies in `content/`, each item at its path: `<path>.<kind>.json` with the document, beside it the
code, which the document names as ``{"$file": "<name>"}``. Owns reading it (`load_seed`) and writing it into
an empty database (`insert_seed`); every item is deployed as version 1.
"""

from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any, Final

import msgspec

from draftwire_server.core.access.access import FolderRole, Role
from draftwire_server.core.canonical import content_hash, version_hash
from draftwire_server.core.kinds.kinds import Kinds
from draftwire_server.store.access import members
from draftwire_server.store.deploys import versions
from draftwire_server.store.events import clock
from draftwire_server.store.items import items
from draftwire_server.store.people import folders, groups
from draftwire_server.store.postgres import Connection

FILE: Final = "$file"


class SeedUser(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A person; the platform's id of them is their username."""

    username: str
    name: str
    role: Role


class SeedGroup(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """People who hold rights together."""

    name: str
    summary: str
    members: tuple[str, ...]


class SeedFolder(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A place f/<name>/ and who does what there: ``u/<user>`` or ``g/<group>`` → role."""

    name: str
    summary: str
    roles: dict[str, FolderRole]


class SeedItem(msgspec.Struct, frozen=True):
    """An item and its first version."""

    path: str
    kind: str
    creator: str
    message: str
    value: dict[str, Any]


class Seed(msgspec.Struct, frozen=True):
    """A workspace with everything in it."""

    external_id: str
    name: str
    users: tuple[SeedUser, ...]
    groups: tuple[SeedGroup, ...]
    folders: tuple[SeedFolder, ...]
    items: tuple[SeedItem, ...]


class _Workspace(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    external_id: str
    name: str
    users: tuple[SeedUser, ...]
    groups: tuple[SeedGroup, ...]
    folders: tuple[SeedFolder, ...]


class _ItemFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    kind: str
    creator: str
    message: str
    value: dict[str, Any]


def load_seed() -> Seed:
    """Read the demo workspace."""
    content = files("draftwire_server.dev.seed").joinpath("content")
    workspace = msgspec.json.decode(content.joinpath("workspace.json").read_bytes(), type=_Workspace)
    found: list[SeedItem] = []
    for place in ("f", "u"):
        _collect(content.joinpath(place), place, found)
    return Seed(
        workspace.external_id,
        workspace.name,
        workspace.users,
        workspace.groups,
        workspace.folders,
        tuple(sorted(found, key=lambda item: item.path)),
    )


async def insert_seed(connection: Connection, seed: Seed, kinds: Kinds) -> bool:
    """Write the seed in one transaction, unless its workspace is there; say whether it was written."""
    async with connection.transaction():
        if await members.find_workspace(connection, seed.external_id) is not None:
            return False
        workspace = await members.add_workspace(connection, external_id=seed.external_id, name=seed.name)
        users: dict[str, str] = {}
        actors: dict[str, str] = {}
        for user in seed.users:
            member = await members.add_member(
                connection,
                workspace,
                external_id=user.username,
                username=user.username,
                name=user.name,
                role=user.role,
            )
            users[user.username] = member.id
            actors[user.username] = await members.ensure_actor(connection, workspace, "user", member.id)
        await _insert_places(connection, workspace, seed, users)
        for item in seed.items:
            await _insert_item(connection, workspace, item, kinds, users[item.creator], actors[item.creator])
    return True


async def _insert_places(connection: Connection, workspace: str, seed: Seed, users: dict[str, str]) -> None:
    group_ids = {}
    for group in seed.groups:
        group_ids[group.name] = await groups.add_group(connection, workspace, None, group.name, group.summary)
        pairs = [(group_ids[group.name], users[name]) for name in group.members]
        await groups.enrol(connection, workspace, pairs)
    for folder in seed.folders:
        made = await folders.add_folder(connection, workspace, None, folder.name, folder.summary)
        for holder, role in folder.roles.items():
            sort, _, name = holder.partition("/")
            user, in_group = (users[name], None) if sort == "u" else (None, group_ids[name])
            await folders.set_role(connection, workspace, made, user, in_group, role)


async def _insert_item(
    connection: Connection, workspace: str, item: SeedItem, kinds: Kinds, creator: str, actor: str
) -> None:
    kind = kinds.get(item.kind)
    made = await items.add_item(
        connection,
        workspace,
        kind=item.kind,
        path=item.path,
        external_id=None,
        summary=str(item.value.get("summary", "")),
        creator=creator,
        initial=kind.initial,
        initial_hash=content_hash(kind.initial),
    )
    await versions.add_version(
        connection,
        workspace,
        made,
        versions.NewVersion(
            number=1,
            hash=version_hash(made, 1, item.value),
            content_hash=content_hash(item.value),
            value=item.value,
            author=actor,
            deployer=actor,
            message=item.message,
        ),
    )
    await clock.append_event(connection, workspace, "item.created", actor=actor, item=made)
    await clock.append_event(connection, workspace, "version.deployed", actor=actor, item=made, data={"version": 1})


def _collect(directory: Traversable, path: str, found: list[SeedItem]) -> None:
    for entry in directory.iterdir():
        if entry.name.startswith("__"):
            continue
        if entry.is_dir():
            _collect(entry, f"{path}/{entry.name}", found)
        elif entry.name.endswith(".json"):
            name, kind, _ = entry.name.rsplit(".", 2)
            read = msgspec.json.decode(entry.read_bytes(), type=_ItemFile)
            assert read.kind == kind, f"{path}/{entry.name} holds kind {read.kind}"
            value = _with_files(read.value, directory)
            found.append(SeedItem(f"{path}/{name}", kind, read.creator, read.message, value))


def _with_files(value: Any, directory: Traversable) -> Any:
    """Put the named files in their places."""
    if isinstance(value, dict):
        if value.keys() == {FILE}:
            return directory.joinpath(*value[FILE].split("/")).read_text(encoding="utf-8")
        return {name: _with_files(member, directory) for name, member in value.items()}
    if isinstance(value, list):
        return [_with_files(element, directory) for element in value]
    return value
