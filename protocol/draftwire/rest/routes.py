"""All routes in one list. To add one, write it beside its structs, and a function that serves it."""

from types import ModuleType
from typing import Final

from draftwire.rest import (
    activity,
    adopting,
    alerts,
    deploys,
    diff,
    directory,
    draft_list,
    drafts,
    events,
    folders,
    grants,
    groups,
    history,
    identity,
    items,
    keys,
    kinds,
    lives,
    members,
    presence,
    runs,
    secrets,
    server,
    sharing,
    stash,
    streams,
    suggestions,
    tools,
    transfer,
    undoing,
    used_by,
    versions,
    webhooks,
    workspace,
)  # fmt: skip
from draftwire.rest.route import Route

# In the order of the interface's pages.
MODULES: Final[tuple[ModuleType, ...]] = (
    server, items, used_by, lives, diff, kinds, draft_list, drafts, sharing, adopting, deploys, versions, history,
    stash, alerts, members, workspace, groups, folders, grants, keys, identity, directory, presence, activity, runs,
    undoing, suggestions, tools, streams, transfer, events, secrets, webhooks,
)  # fmt: skip

ROUTES: Final[tuple[Route, ...]] = tuple(
    value for module in MODULES for value in vars(module).values() if isinstance(value, Route)
)
