"""`draftwire token`: make a token for a person or an agent of theirs, and revoke one.

Making needs the key that signs, not the server; revoking asks the server.
"""

import json
import secrets
import time
from pathlib import Path
from typing import Any, TextIO, get_args

import click

from draftwire_server.cli.asking import ask, done, options, token_or_refuse
from draftwire_server.cli.exits import read_settings, refuse
from draftwire_server.core.access.access import SCOPES, Mode, Right, Scope, folder_prefix
from draftwire_server.core.access.tokens import Claims, sign_token
from draftwire_server.limits.retention import AGENT_TOKEN_MOST_S, AGENT_TOKEN_S
from draftwire_server.settings import environment


@click.group(invoke_without_command=True)
@click.option("--user", "--for", "user", help="Your platform's id of the user.")
@click.option("--workspace", default="demo", show_default=True, help="The workspace's id or external id.")
@click.option("--name", help="Display name for a new user.")
@click.option("--role", type=click.Choice(["admin", "editor", "operator"]), help="Role for a new user.")
@click.option("--agent", help="Make a token for this agent, acting for the user.")
@click.option("--model", help="Default model of the agent's runs.")
@click.option(
    "--scope",
    type=click.Choice(list(get_args(Scope))),
    help="Limit the user's rights. Agents can deploy only with `deploy`.",
)
@click.option("--item", "items", multiple=True, help="Only this item, by id or ext:…. Can be repeated.")
@click.option("--folder", "folders", multiple=True, help="Only this folder. Can be repeated.")
@click.option(
    "--ttl",
    default=AGENT_TOKEN_S,
    show_default=True,
    type=click.IntRange(1),
    help=f"Seconds until it expires; for an agent at most {AGENT_TOKEN_MOST_S}.",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON with the jti, by which an admin can revoke it.")
@click.option(
    "--data-dir",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path(".draftwire"),
    show_default=True,
    help="Directory with the keys of `draftwire dev`, used if DRAFTWIRE_TOKEN_KEYS is not set.",
)
@click.pass_context
def token(
    context: click.Context,
    /,
    user: str | None,
    agent: str | None,
    model: str | None,
    ttl: int,
    as_json: bool,
    data_dir: Path,
    **rest: Any,
) -> None:
    """Print a token, signed with the first of DRAFTWIRE_TOKEN_KEYS."""
    if context.invoked_subcommand is not None:
        return
    if user is None:
        raise click.UsageError("Name the user: --user.")
    if model is not None and agent is None:
        raise click.UsageError("--model needs --agent.")
    if agent is not None and ttl > AGENT_TOKEN_MOST_S:
        raise click.UsageError(f"An agent's token can live for at most {AGENT_TOKEN_MOST_S} seconds.")
    claims = _claims(user, agent, model, ttl, **rest)
    signed = sign_token(claims, _token_keys(data_dir))
    shown = {"token": signed, "jti": claims.jti, "expires_at": claims.exp}
    click.echo(json.dumps(shown, indent=2) if as_json else signed)


def _claims(
    user: str,
    agent: str | None,
    model: str | None,
    ttl: int,
    *,
    workspace: str,
    name: str | None,
    role: Any,
    scope: Scope | None,
    items: tuple[str, ...],
    folders: tuple[str, ...],
) -> Claims:
    now = int(time.time())
    may: frozenset[Right] | None = None
    mode: Mode = "apply"
    if scope is not None:
        may, mode = SCOPES[scope]
    prefixes = tuple(folder_prefix(folder.removeprefix("f/").strip("/")) for folder in folders)
    return Claims(
        sub=user,
        workspace=workspace,
        iat=now,
        exp=now + ttl,
        name=name,
        role=role,
        agent=agent,
        model=model,
        may=may,
        mode=mode,
        prefixes=prefixes or None,
        items=items or None,
        iss=environment().get("DRAFTWIRE_ISSUER") or None,
        aud=environment().get("DRAFTWIRE_AUDIENCE") or None,
        jti=secrets.token_hex(16),
    )


@token.command("revoke")
@options
@click.argument("file", type=click.File(), required=False)
def revoke(server: str, as_json: bool, file: TextIO | None) -> None:
    """Revoke the token in FILE (- is standard input), or without FILE the one in DRAFTWIRE_TOKEN.

    Anyone who holds a token can revoke it. `tokens revoke` revokes a token by its jti (admins only).
    """
    given = token_or_refuse() if file is None else file.read().strip()
    revoked = ask(server, lambda api: api.tokens.revoke(token=given))
    done(revoked, as_json, f"Revoked the token {revoked.jti}.")


def _token_keys(data_dir: Path) -> tuple[str, ...]:
    from draftwire_server.cli.process.develop import read_keys

    environ = environment()
    if not environ.get("DRAFTWIRE_TOKEN_KEYS"):
        kept = read_keys(data_dir)
        if kept is None:
            refuse(f"No keys in {data_dir}. Set DRAFTWIRE_TOKEN_KEYS, or run `draftwire dev` first.")
        return kept.token_keys
    environ.setdefault("DATABASE_URL", "postgresql://unused")
    environ.setdefault("DRAFTWIRE_RESUME_KEY", "-" * 32)
    return read_settings(environ).token_keys
