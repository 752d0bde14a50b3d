"""Many changes of rights in one transaction: in order, all or none, a result for each."""

from typing import assert_never

from draftwire.errors import Problem
from draftwire.rest import directory as d
from draftwire.rest.rights import Outcome
from draftwire_server.limits.pages import RIGHTS_CHANGES
from draftwire_server.services.access.changes import Changing
from draftwire_server.services.people import folders, grants, groups, members


async def apply(changing: Changing, wanted: tuple[d.Change, ...]) -> d.ChangeResults:
    """Make the changes. Raises the first one's `Problem` that is refused, with its ``index``; then nothing is done."""
    if len(wanted) > RIGHTS_CHANGES:
        raise Problem("too_large", f"Send at most {RIGHTS_CHANGES} changes at once.")
    results = []
    for index, change in enumerate(wanted):
        try:
            outcome, about = await _one(changing, change)
        except Problem as problem:
            detail = problem.detail if isinstance(problem.detail, dict) else {}
            raise Problem(problem.code, problem.message, detail={**detail, "index": index}) from problem
        results.append(d.ChangeResult(outcome, about))
    return d.ChangeResults(tuple(results))


async def _one(changing: Changing, change: d.Change) -> tuple[Outcome, str]:
    match change:
        case d.AddMember() | d.ChangeMember() | d.RemoveMember() | d.RestoreMember():
            return await _member(changing, change)
        case d.AddGroup() | d.ChangeGroup() | d.RemoveGroup() | d.Enrol() | d.Withdraw():
            return await _group(changing, change)
        case d.AddFolder() | d.ChangeFolder() | d.RemoveFolder() | d.SetFolderRole():
            return await _folder(changing, change)
        case d.GiveGrant():
            row, new = await grants.give(changing, change)
            return "created" if new else "unchanged", row.id
        case d.EndGrant():
            row = await grants.find(changing, change.grant)
            await grants.end(changing, row)
            return "removed", row.id
        case _ as never:
            assert_never(never)


async def _member(
    changing: Changing, change: d.AddMember | d.ChangeMember | d.RemoveMember | d.RestoreMember
) -> tuple[Outcome, str]:
    if isinstance(change, d.AddMember):
        return "created", (await members.add(changing, change)).id
    row = await changing.member(change.member)
    match change:
        case d.ChangeMember():
            new = await members.change(changing, row, change)
            return "unchanged" if new == row else "changed", row.id
        case d.RemoveMember():
            await members.remove(changing, row)
            return "unchanged" if row.removed else "removed", row.id
        case d.RestoreMember():
            await members.restore(changing, row)
            return "changed" if row.removed else "unchanged", row.id
        case _ as never:
            assert_never(never)


async def _group(
    changing: Changing, change: d.AddGroup | d.ChangeGroup | d.RemoveGroup | d.Enrol | d.Withdraw
) -> tuple[Outcome, str]:
    if isinstance(change, d.AddGroup):
        return "created", (await groups.add(changing, change)).id
    row = await groups.find(changing, change.group)
    match change:
        case d.ChangeGroup():
            new = await groups.change(changing, row, change)
            return "unchanged" if new == row else "changed", row.id
        case d.RemoveGroup():
            await groups.remove(changing, row)
            return "removed", row.id
        case d.Enrol():
            return "changed" if await groups.enrol(changing, row, change.user) else "unchanged", row.id
        case d.Withdraw():
            return "changed" if await groups.withdraw(changing, row, change.user) else "unchanged", row.id
        case _ as never:
            assert_never(never)


async def _folder(
    changing: Changing, change: d.AddFolder | d.ChangeFolder | d.RemoveFolder | d.SetFolderRole
) -> tuple[Outcome, str]:
    if isinstance(change, d.AddFolder):
        return "created", (await folders.add(changing, change)).id
    row = await folders.find(changing, change.folder)
    match change:
        case d.ChangeFolder():
            return "changed" if await folders.change(changing, row, change) else "unchanged", row.id
        case d.RemoveFolder():
            await folders.remove(changing, row)
            return "removed", row.id
        case d.SetFolderRole():
            return "changed" if await folders.set_person(changing, row, change) else "unchanged", row.id
        case _ as never:
            assert_never(never)
