"""Who may do what: one pure decision over grants, for HTTP, WebSocket, fan-out and lists alike.

`decide` answers for one resource; `visible` yields the prefixes and ids that queries take as parameters. Both come
from the same grants, so a list never shows what a request for it would not. No clock: ``now`` is passed in.
"""

from collections.abc import Iterable
from typing import Literal, assert_never

import msgspec

Right = Literal["see", "read_drafts", "write", "join", "deploy", "run", "admin"]
Role = Literal["admin", "editor", "operator"]
Action = Literal[
    "see_item",  # that the item is there, its deployed value, who is present
    "run_item",
    "write_item",  # begin a draft, change metadata
    "deploy_item",
    "see_draft",  # that a draft is there, whose and how old
    "read_draft",  # its text, live
    "read_initial",  # what an item began with, while nothing of it is deployed: nobody has decided that others see it
    "type_in_draft",
    "create_item",  # resource: the path it is to have
    "administer",
]
Mode = Literal["apply", "suggest"]  # whether an edit goes into the draft, or into one for people to look through
EVERYTHING: frozenset[Right] = frozenset(("see", "read_drafts", "write", "join", "deploy", "run", "admin"))
# What an agent holds of its person's rights unless its token names them: going live and giving rights are a person's.
AGENT_MAY: frozenset[Right] = EVERYTHING - {"deploy", "admin"}
OWN_PLACE: frozenset[Right] = frozenset(("see", "read_drafts", "write", "join", "deploy", "run"))
OPERATOR_MAY: frozenset[Right] = frozenset(("see", "run"))

# What tokens are commonly made for: the rights that they leave, and whether edits are only suggested.
Scope = Literal["read", "suggest", "write", "deploy"]
SCOPES: dict[Scope, tuple[frozenset[Right], Mode]] = {
    "read": (frozenset(("see", "read_drafts")), "apply"),
    "suggest": (frozenset(("see", "read_drafts", "write")), "suggest"),
    "write": (frozenset(("see", "read_drafts", "write", "join", "run")), "apply"),
    "deploy": (frozenset(("see", "read_drafts", "write", "join", "run", "deploy")), "apply"),
}

FolderRole = Literal["owner", "writer", "reader"]
# What the people of a folder may below ``f/<folder>/``.
FOLDER_MAY: dict[FolderRole, frozenset[Right]] = {
    "reader": frozenset(("see", "read_drafts", "run")),
    "writer": OWN_PLACE,
    "owner": EVERYTHING,
}


class Grant(msgspec.Struct, frozen=True):
    """``may`` on everything (`prefix` ""), on paths below a prefix (``f/payments/``), or on one item."""

    may: frozenset[Right]
    prefix: str | None = None
    item: str | None = None
    until: float | None = None


class Within(msgspec.Struct, frozen=True):
    """The only places that a token or key reaches: paths below a prefix, and single items. Both empty: nothing."""

    prefixes: tuple[str, ...] = ()
    items: tuple[str, ...] = ()


class Access(msgspec.Struct, frozen=True):
    """What one connection or request may rest on: the person behind it and what narrows it."""

    user: str
    username: str
    role: Role
    grants: tuple[Grant, ...]
    actor: str
    is_agent: bool = False
    run: str | None = None
    narrowed_to: frozenset[Right] = EVERYTHING  # by the token's claims or the key's scope
    mode: Mode = "apply"  # "suggest": writes nothing but suggestions, by the token's claim
    within: Within | None = None  # likewise; None: everywhere
    reads_secrets: bool = False  # an API key to which an admin gave that


class Guest(msgspec.Struct, frozen=True, omit_defaults=True):
    """An invitation into a draft."""

    user: str
    may: Literal["look", "type"] = "look"
    agents: bool = False
    until: float | None = None


class DraftFacts(msgspec.Struct, frozen=True):
    """What a decision needs to know of a draft."""

    purpose: Literal["own", "shared", "suggestion"]
    owner: str | None
    visibility: Literal["private", "readable", "open"]
    guests: tuple[Guest, ...] = ()
    run: str | None = None  # the run that writes a suggestion
    abandoned: bool = False  # its owner has left the workspace: admins look after it


class Resource(msgspec.Struct, frozen=True):
    """An item (or the place of one to be) and, where it matters, one of its drafts.

    In what is ``archived`` nobody types; of what is ``deleted`` nobody holds anything.
    """

    path: str | None
    item: str | None = None
    creator: str | None = None
    draft: DraftFacts | None = None
    archived: bool = False
    deleted: bool = False


class Visible(msgspec.Struct, frozen=True):
    """What lists may show: everything, or paths below a prefix, single items, and one's own items without a path;
    of that only what lies ``within``, if that is given.
    """

    everything: bool
    prefixes: tuple[str, ...]
    items: tuple[str, ...]
    creator: str
    within: Within | None = None


def own_prefix(username: str) -> str:
    """The place of a user."""
    return f"u/{username}/"


def group_prefix(name: str) -> str:
    """The place that the members of a group share."""
    return f"g/{name}/"


def folder_prefix(name: str) -> str:
    """The place of a folder."""
    return f"f/{name}/"


def group_grant(name: str) -> Grant:
    """What being in a group gives by itself: its place is its members' own."""
    return Grant(OWN_PLACE, prefix=group_prefix(name))


def folder_grant(name: str, role: FolderRole) -> Grant:
    """What a role in a folder gives, to a user or through a group."""
    return Grant(FOLDER_MAY[role], prefix=folder_prefix(name))


def _live(grant: Grant, now: float) -> bool:
    return grant.until is None or now < grant.until


def reaches(access: Access, resource: Resource) -> bool:
    """Whether the token or key reaches a resource at all."""
    within = access.within
    if within is None:
        return True
    if resource.item is not None and resource.item in within.items:
        return True
    return resource.path is not None and resource.path.startswith(within.prefixes)


def _role_rights(access: Access, rights: frozenset[Right]) -> frozenset[Right]:
    if access.role == "operator":
        rights &= OPERATOR_MAY
    return rights & access.narrowed_to


def rights(access: Access, resource: Resource, now: float) -> frozenset[Right]:
    """All that ``access`` holds on an item, without looking at drafts."""
    if resource.deleted or not reaches(access, resource):
        return frozenset()
    held: frozenset[Right] = frozenset()
    if access.role == "admin":
        held = EVERYTHING
    for grant in access.grants:
        if not _live(grant, now):
            continue
        if grant.item is not None:
            if grant.item == resource.item:
                held |= grant.may
        elif grant.prefix is not None and (
            grant.prefix == "" or (resource.path is not None and resource.path.startswith(grant.prefix))
        ):
            held |= grant.may
    if resource.path is not None:
        if resource.path.startswith(own_prefix(access.username)):
            held |= OWN_PLACE
    elif resource.creator == access.user:
        held |= OWN_PLACE
    return _role_rights(access, held)


def _guest(access: Access, draft: DraftFacts, now: float) -> Guest | None:
    for guest in draft.guests:
        if guest.user == access.user and (guest.until is None or now < guest.until):
            return guest
    return None


def _reads(access: Access, held: frozenset[Right], draft: DraftFacts, now: float) -> bool:
    if "see" not in held or access.role == "operator":
        return False
    if draft.owner == access.user:
        return True
    if draft.purpose == "own" or (draft.purpose == "suggestion" and draft.owner is not None):
        if _guest(access, draft, now) is not None:
            return True
        if draft.abandoned and "admin" in held:
            return True
        return draft.visibility != "private" and "read_drafts" in held
    return "read_drafts" in held


def _types(access: Access, held: frozenset[Right], draft: DraftFacts, now: float) -> bool:
    if "write" not in held or not _reads(access, held, draft, now):
        return False
    if access.mode == "suggest" and draft.purpose != "suggestion":
        return False
    match draft.purpose:
        case "shared":
            return True
        case "suggestion":
            return draft.run is not None and draft.run == access.run
        case "own":
            if draft.owner == access.user:
                return True
            guest = _guest(access, draft, now)
            if guest is not None and guest.may == "type":
                return guest.agents or not access.is_agent
            return draft.visibility == "open" and not access.is_agent
        case _ as never:
            assert_never(never)


def decide(access: Access, action: Action, resource: Resource, now: float) -> bool:
    """Whether ``access`` may do ``action``. A draft's actions need ``resource.draft``."""
    held = rights(access, resource, now)
    match action:
        case "see_item":
            return "see" in held
        case "run_item":
            return "run" in held
        case "write_item":
            return "write" in held and "see" in held and access.mode == "apply"
        case "create_item":
            return access.mode == "apply" and (
                {"write", "see"} <= held  # who puts things where they see nothing would learn by `taken` what is there
                if resource.path is not None
                else access.role != "operator" and "write" in access.narrowed_to and access.within is None
            )
        case "deploy_item":
            return "deploy" in held and "see" in held and access.mode == "apply"
        case "see_draft":
            return "see" in held and access.role != "operator"
        case "read_draft":
            return resource.draft is not None and _reads(access, held, resource.draft, now)
        case "read_initial":
            drafted = "read_drafts" in held or resource.creator == access.user
            return "see" in held and access.role != "operator" and drafted
        case "type_in_draft":
            return not resource.archived and resource.draft is not None and _types(access, held, resource.draft, now)
        case "administer":
            return "admin" in held and access.mode == "apply"
        case _ as never:
            assert_never(never)


def only_suggests(access: Access, resource: Resource, now: float) -> bool:
    """Whether nothing but being an agent, or a token for suggestions, keeps ``access`` from typing in a draft.

    In another person's draft an agent types only where an invitation says agents, but it may suggest.
    """
    if decide(access, "type_in_draft", resource, now):
        return False
    as_person = msgspec.structs.replace(access, is_agent=False, mode="apply")
    return decide(as_person, "type_in_draft", resource, now)


def missing_to_type(access: Access, resource: Resource, now: float) -> Literal["write", "invitation"]:
    """What somebody lacks who reads a draft and may not type in it: the right, or the owner's leave."""
    return "invitation" if "write" in rights(access, resource, now) else "write"


def for_agent(may: frozenset[Right] | None) -> frozenset[Right]:
    """What a token or key leaves to an agent; ``may`` None: it names no rights."""
    return AGENT_MAY if may is None else may


def writes_at_all(access: Access) -> bool:
    """Whether the token or key leaves anything to write, whatever its user holds: also to throw away what is theirs."""
    return "write" in access.narrowed_to and access.mode == "apply"


def reads_at_all(access: Access) -> bool:
    """Whether the token or key leaves any text of drafts: also of what its user has kept."""
    return bool({"read_drafts", "write"} & access.narrowed_to)


def sees_around(access: Access) -> bool:
    """Whether the token or key leaves what is not of an item: members, groups, one's keys, one's agents' runs."""
    return access.within is None and "see" in access.narrowed_to


def is_narrowed(access: Access) -> bool:
    """Whether ``access`` is less than its user's own: an agent, or a token or key with a scope. It hands nothing on."""
    return access.is_agent or access.within is not None or access.narrowed_to != EVERYTHING or access.mode != "apply"


def visible(access: Access, now: float) -> Visible:
    """The parameters by which a list shows exactly the items for which `decide` says ``see_item``."""
    return _with(access, "see", now)


def readable(access: Access, now: float) -> Visible:
    """The same for the items of which `decide` says ``read_initial`` (of those that are ``visible``), but for the
    creator's own.
    """
    return _with(access, "read_drafts", now)


def _with(access: Access, right: Right, now: float) -> Visible:
    live = [g for g in access.grants if _live(g, now) and right in _role_rights(access, g.may)]
    may_see = right in _role_rights(access, OWN_PLACE)
    everything = may_see and (access.role == "admin" or any(g.prefix == "" for g in live))
    return Visible(
        everything=everything,
        prefixes=(*((own_prefix(access.username),) if may_see else ()), *(g.prefix for g in live if g.prefix)),
        items=tuple(g.item for g in live if g.item is not None),
        creator=access.user if may_see else "",
        within=access.within,
    )


def administers(access: Access, now: float) -> bool:
    """Whether ``access`` may change members, groups, folders and identity: it holds every right on everything.

    Who could make an admin must be one. No agent may, whoever it acts for.
    """
    return not is_narrowed(access) and rights(access, Resource(path=None), now) == EVERYTHING


def claims_ids(access: Access, now: float) -> bool:
    """Whether ``access`` may give items the platform's ids: it administers the workspace and sees all of it.

    An id that anybody could claim would have a platform find, and deploy in, what somebody else made up; and who claims
    ids learns by `taken` which there are.
    """
    return access.mode == "apply" and {"admin", "see", "write"} <= rights(access, Resource(path=None), now)


def may_share(access: Access, resource: Resource, now: float) -> frozenset[Right]:
    """The rights that ``access`` may grant to others on a resource: never more than it holds there itself.

    Who administers a place shares all of it, but its administration only who administers the workspace; one's own
    place one shares as one holds it. An agent, and a token that is narrowed, shares nothing.
    """
    if is_narrowed(access):
        return frozenset()
    held = rights(access, resource, now)
    if administers(access, now):
        return held
    if "admin" in held:
        return held - {"admin"}
    if resource.path is not None:
        own = resource.path.startswith(own_prefix(access.username))
    else:
        own = resource.creator is not None and resource.creator == access.user
    return held if own else frozenset()


def expires_next(access: Access, guests: Iterable[Guest], now: float) -> float | None:
    """When the next grant or invitation runs out, so that whoever holds a decision asks again."""
    times = [g.until for g in access.grants if g.until is not None and g.until > now]
    times += [g.until for g in guests if g.until is not None and g.until > now]
    return min(times, default=None)
