"""`draftwire grants|keys|tokens|identity|directory`: rights one by one, and everything at once."""

import time
from pathlib import Path
from typing import Any

import click
import msgspec

from draftwire.rest.directory import Directory
from draftwire.rest.identity import IdentitySettings
from draftwire_server.cli.asking import (
    DAY_S,
    RIGHTS,
    ask,
    done,
    holder_text,
    moment,
    named,
    options,
    show,
)
from draftwire_server.cli.exits import refuse

# ---- grants


@click.group()
def grants() -> None:
    """Rights on single items or below prefixes."""


@grants.command("list")
@options
@click.option("--user")
@click.option("--group")
@click.option("--item")
def list_grants(server: str, as_json: bool, **given: Any) -> None:
    """List grants."""
    found = ask(server, lambda api: api.grants.list(**given))
    rows = [
        [
            g.id,
            holder_text(g.to),
            f"item {g.item}" if g.item else g.prefix or "everything",
            " ".join(g.may),
            moment(g.until),
        ]
        for g in found.grants
    ]
    show(found, as_json, ("grant", "to", "on", "may", "until"), rows)


@grants.command("give")
@options
@click.argument("who")
@click.argument("may", nargs=-1, required=True, type=click.Choice(RIGHTS))
@click.option("--item", help="Rights on this item.")
@click.option("--prefix", help="Rights below this path, such as f/payments/. Empty: everything.")
@click.option("--days", type=click.FloatRange(0, min_open=True), help="Number of days until it ends.")
def give_grant(
    server: str, as_json: bool, who: str, may: Any, item: str | None, prefix: str | None, days: float | None
) -> None:
    """Give a user or g/<group> rights."""
    holder = named(who)
    until = None if days is None else time.time() + days * DAY_S
    given = ask(
        server,
        lambda api: api.grants.give(may, user=holder.user, group=holder.group, item=item, prefix=prefix, until=until),
    )
    done(given, as_json, f"Grant {given.id}: {holder_text(given.to)} may {' '.join(given.may)}.")


@grants.command("end")
@options
@click.argument("grant")
def end_grant(server: str, as_json: bool, grant: str) -> None:
    """End a grant."""
    done(ask(server, lambda api: api.grants.end(grant)), as_json, f"Ended grant {grant}.")


# ---- keys and tokens


@click.group()
def keys() -> None:
    """API keys: list, create, revoke."""


@keys.command("list")
@options
def list_keys(server: str, as_json: bool) -> None:
    """List your keys; for admins, all keys."""
    found = ask(server, lambda api: api.keys.list())
    rows = [
        [
            k.name,
            f"…{k.hint}",
            holder_text(k.user),
            " ".join(k.may),
            moment(k.expires_at),
            moment(k.last_used_at),
            "revoked" if k.revoked_at else "",
        ]
        for k in found.keys
    ]
    show(found, as_json, ("name", "ends in", "user", "may", "expires", "last used", ""), rows)


@keys.command("make")
@options
@click.argument("name")
@click.option("--may", multiple=True, type=click.Choice(RIGHTS), help="Only this right. Can be repeated.")
@click.option("--prefix", "prefixes", multiple=True, help="Only below this path. Can be repeated.")
@click.option("--item", "items", multiple=True, help="Only this item. Can be repeated.")
@click.option("--days", type=click.FloatRange(0, min_open=True), help="Number of days until it ends.")
@click.option("--act-for", multiple=True, help='A user the key may act for, or "any". Can be repeated.')
@click.option("--user", help="The key's user, if not you.")
@click.option("--reads-secrets", is_flag=True, help="Let the key read secrets of deployed versions (for runtimes).")
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
    reads_secrets: bool,
) -> None:
    """Create a key. It is printed only once."""
    made = ask(
        server,
        lambda api: api.keys.make(
            name,
            may=may or None,
            prefixes=prefixes or None,
            items=items or None,
            expires_at=None if days is None else time.time() + days * DAY_S,
            act_for="any" if act_for == ("any",) else act_for,
            user=user,
            reads_secrets=reads_secrets,
        ),
    )
    done(made, as_json, made.secret)


@keys.command("revoke")
@options
@click.argument("key")
def revoke_key(server: str, as_json: bool, key: str) -> None:
    """Revoke a key, by id or name."""
    done(ask(server, lambda api: api.keys.revoke(key)), as_json, f"Revoked {key}.")


@click.group()
def tokens() -> None:
    """Revoke single tokens."""


@tokens.command("revoke")
@options
@click.argument("jti")
@click.option("--expires-at", type=float, help="When the token expires by itself, in Unix seconds.")
def revoke_token(server: str, as_json: bool, jti: str, expires_at: float | None) -> None:
    """Refuse the token with this jti from now on."""
    done(ask(server, lambda api: api.tokens.revoke(jti=jti, expires_at=expires_at)), as_json, f"Revoked {jti}.")


# ---- whose tokens, and everything at once


@click.group()
def identity() -> None:
    """The workspace's token issuer."""


def _show_identity(found: Any, as_json: bool) -> None:
    own = msgspec.structs.asdict(found.set)
    rows = [
        [name, ", ".join(value) if isinstance(value, tuple) else value or "-", "" if own[name] else "server default"]
        for name, value in msgspec.structs.asdict(found.holds).items()
    ]
    show(found, as_json, ("setting", "holds", ""), rows)


@identity.command("show")
@options
def show_identity(server: str, as_json: bool) -> None:
    """Show issuer, audience, JWKS URL and algorithms."""
    _show_identity(ask(server, lambda api: api.tokens.identity()), as_json)


@identity.command("set")
@options
@click.option("--issuer")
@click.option("--audience")
@click.option("--jwks-url")
@click.option("--algorithm", "algorithms", multiple=True, type=click.Choice(["HS256", "RS256", "ES256"]))
def set_identity(
    server: str, as_json: bool, issuer: str | None, audience: str | None, jwks_url: str | None, algorithms: Any
) -> None:
    """Set the issuer. For options you leave out, the server's settings apply."""
    wanted = IdentitySettings(issuer, audience, jwks_url, algorithms or None)
    _show_identity(ask(server, lambda api: api.tokens.set_identity(wanted)), as_json)


@click.group()
def directory() -> None:
    """Users, groups and folders from your platform."""


@directory.command("sync")
@options
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def sync(server: str, as_json: bool, file: Path) -> None:
    """Sync them with FILE (JSON: members, groups, folders, absent)."""
    try:
        wanted = msgspec.json.decode(file.read_bytes(), type=Directory)
    except msgspec.DecodeError as error:
        refuse(f"Can't read {file}: {error}")
    result = ask(server, lambda api: api.directory.sync(wanted))
    parts = (("member", result.members), ("group", result.groups), ("folder", result.folders))
    rows = [[what, e.external_id, e.outcome] for what, part in parts for e in part if e.outcome != "unchanged"]
    show(result, as_json, ("what", "external id", "outcome"), rows)
