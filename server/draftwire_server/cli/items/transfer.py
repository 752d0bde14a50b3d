"""`draftwire export` and `import`: a workspace as JSON Lines or as a readable tree, by way of a running server."""

import contextlib
import sys
from collections.abc import AsyncIterator, Callable, Generator, Iterator
from pathlib import Path
from typing import Any, Final

import click
import msgspec

from draftwire.api import Api
from draftwire.rest import transfer as t
from draftwire_server.cli.asking import ask, options
from draftwire_server.cli.exits import EXIT_FAILED, refuse
from draftwire_server.cli.items.tree import BadTree, read_lines, read_tree, write_lines, write_tree

CHUNK_BYTES: Final = 1024 * 1024  # of one request; a larger record goes by itself
CHUNK_RECORDS: Final = 500


class TransferTold(msgspec.Struct):
    """What an export or import came to."""

    records: dict[str, int] = {}
    withheld: int = 0
    outcomes: dict[str, int] = {}
    refused: list[str] = []
    left_out: list[str] = []  # of drafts of others: who may see them
    unset_secrets: list[str] = []  # where a secret is to be set again


@click.command("export")
@options
@click.argument("to", type=click.Path(path_type=Path))
@click.option("--tree", "as_tree", is_flag=True, help="Write a new directory of readable files instead of JSON Lines.")
@click.option("--folder", help="Only items below this folder, such as f/payments.")
@click.option("--no-drafts", is_flag=True, help="Leave out drafts.")
def export(server: str, as_json: bool, to: Path, as_tree: bool, folder: str | None, no_drafts: bool) -> None:
    """Export the workspace to TO (a file, or with --tree a directory; - is standard output).

    Private drafts, the stash, secrets and API keys are not exported.
    """
    if as_tree and to.exists():
        refuse(f"{to} already exists. A tree needs a new directory.")
    told = TransferTold()

    async def work(api: Api) -> None:
        async with _written(to, as_tree) as take:
            with _bar("Exporting", as_json or str(to) == "-") as bar:
                async for page in api.transfer.pages(folder=folder, drafts=not no_drafts):
                    bar.length = max(page.total, 1)
                    bar.update(max(0, page.items - bar.pos))
                    told.withheld += page.withheld
                    for record in page.records:
                        take(record)
                        _count(told.records, _sort(record))

    ask(server, work)
    if as_json:
        click.echo(msgspec.json.encode(told), err=str(to) == "-")
        return
    click.echo("Exported " + (_counted(told.records) or "nothing") + ".", err=str(to) == "-")
    if told.withheld:
        click.echo(f"{told.withheld} private drafts are not in the export: only their owners may read them.", err=True)


@click.command("import")
@options
@click.argument("source", type=click.Path(exists=True, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Only print what would happen to each record.")
def import_(server: str, as_json: bool, source: Path, dry_run: bool) -> None:
    """Import SOURCE: a file of JSON Lines, or the directory of a tree.

    Existing objects stay as they are. If an import was interrupted, run it again.
    """
    told = TransferTold()

    async def work(api: Api) -> None:
        known: dict[str, Any] = {"members": [], "groups": [], "items": [], "kinds": {}}
        with _bar("Checking" if dry_run else "Importing", as_json) as bar:
            bar.length = _size(source)
            for chunk, size in _chunks(read_tree(source) if source.is_dir() else read_lines(source)):
                sent = msgspec.convert(known, t.Known) if dry_run else None
                imported = await api.transfer.put(chunk, dry_run=dry_run, known=sent)
                for record, result in zip(chunk, imported.results, strict=True):
                    _count(told.records, _sort(record))
                    _count(told.outcomes, result.outcome)
                    if result.outcome == "refused":
                        told.refused.append(f"{_named(record)}: {result.code}: {result.message}")
                    if result.left_out:
                        told.left_out.append(f"{_named(record)}: {' and '.join(result.left_out)}")
                    told.unset_secrets += [f"{_named(record)}: {at}" for at in result.unset_secrets]
                if dry_run:
                    _remember(known, chunk)
                bar.update(size)

    try:
        ask(server, work)
    except BadTree as error:
        refuse(str(error))
    if as_json:
        click.echo(msgspec.json.encode(told))
    else:
        click.echo(("Would import: " if dry_run else "Imported: ") + _outcomes(told.outcomes) + ".")
        for line in told.refused:
            click.echo(f"  refused {line}", err=True)
        for line in told.left_out:
            click.echo(f"  left out of the {line}; its owner can share it again", err=True)
        for line in told.unset_secrets:
            click.echo(f"  secret to set again: {line}", err=True)
    if told.refused:
        raise SystemExit(EXIT_FAILED)


def _chunks(records: Iterator[t.Record]) -> Iterator[tuple[list[t.Record], int]]:
    chunk: list[t.Record] = []
    size = 0
    for record in records:
        length = len(msgspec.json.encode(record))
        if chunk and (size + length > CHUNK_BYTES or len(chunk) == CHUNK_RECORDS):
            yield chunk, size
            chunk, size = [], 0
        chunk.append(record)
        size += length
    if chunk:
        yield chunk, size


@contextlib.asynccontextmanager
async def _written(to: Path, as_tree: bool) -> AsyncIterator[Callable[[t.Record], None]]:
    """Where records go, one by one; a file gets its name when all of it is there."""
    if as_tree:
        with _fed(lambda records: write_tree(to, records)) as take:
            yield take
    elif str(to) == "-":
        with _fed(lambda records: write_lines(sys.stdout.buffer, records)) as take:
            yield take
    else:
        part = to.with_name(f"{to.name}.part")
        with part.open("wb") as file, _fed(lambda records: write_lines(file, records)) as take:
            yield take
        part.replace(to)


@contextlib.contextmanager
def _fed(
    write: Callable[[Iterator[t.Record]], Generator[t.Record, None, None]],
) -> Iterator[Callable[[t.Record], None]]:
    """Turn a writer that asks for records into one that is given them."""
    waiting: list[t.Record] = []

    def given() -> Iterator[t.Record]:
        while True:
            yield waiting.pop()

    def take(record: t.Record) -> None:
        waiting.append(record)
        next(writing)

    writing = write(given())
    try:
        yield take
    finally:
        writing.close()


def _bar(label: str, silent: bool) -> Any:
    """A progress bar on standard error, if a person looks."""
    hidden = silent or not sys.stderr.isatty()
    return click.progressbar(length=1, label=label, file=sys.stderr, hidden=hidden)


def _size(source: Path) -> int:
    files = [path for path in source.rglob("*") if path.is_file()] if source.is_dir() else [source]
    return max(1, sum(path.stat().st_size for path in files))


def _remember(known: dict[str, Any], chunk: list[t.Record]) -> None:
    for record in chunk:
        match record:
            case t.MemberRecord():
                known["members"].append(record.username)
            case t.GroupRecord():
                known["groups"].append(record.name)
            case t.ItemRecord():
                known["items"].append(record.id)
                known["kinds"][record.id] = record.kind
            case _:
                pass


def _sort(record: t.Record) -> str:
    return str(record.__struct_config__.tag)


def _named(record: t.Record) -> str:
    match record:
        case t.MemberRecord():
            return f"member {record.username}"
        case t.GroupRecord() | t.FolderRecord() | t.KindRecord():
            return f"{_sort(record)} {record.name}"
        case t.ItemRecord():
            return f"item {record.path or record.id}"
        case t.VersionRecord():
            return f"version {record.number} of {record.item}"
        case t.DraftRecord():
            return f"draft of {record.owner or 'all'} on {record.item}"
        case t.RunRecord():
            return f"run {record.id}"
        case _:
            return _sort(record)


def _count(counts: dict[str, int], name: str) -> None:
    counts[name] = counts.get(name, 0) + 1


def _counted(counts: dict[str, int]) -> str:
    shown = [f"{n} {name}{'s' * (n > 1)}" for name, n in counts.items() if name != "draftwire"]
    return ", ".join(shown)


def _outcomes(counts: dict[str, int]) -> str:
    words = {"made": "created", "same": "already there", "kept": "different here and kept", "refused": "refused"}
    return ", ".join(f"{counts[name]} {word}" for name, word in words.items() if counts.get(name)) or "nothing"
