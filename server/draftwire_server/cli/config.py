"""`draftwire config`: every setting with its default, unit and meaning, and what it is here. Secrets are masked."""

import json
from typing import Final, Literal

import click
import msgspec

from draftwire_server.settings import PREFIX, TIMING_PREFIX, Settings, Timings, environment

SECRET: Final = frozenset(("TOKEN_KEYS", "RESUME_KEY", "SECRET_KEYS"))
WITH_PASSWORD: Final = frozenset(("DATABASE_URL", "REDIS_URL"))

# name → (unit or form, meaning)
MEANINGS: Final[dict[str, tuple[str, str]]] = {
    "DATABASE_URL": ("URL", "PostgreSQL 15 or later: the source of truth. Needed."),
    "REDIS_URL": ("URL", "Redis or Valkey, carries messages between workers. Needed for more than one worker."),
    "TOKEN_KEYS": (
        "keys, comma between",
        "HS256 keys of at least 32 bytes; the first signs, each verifies. Needed unless a JWKS is set.",
    ),
    "RESUME_KEY": ("key", "Signs what lets a session resume on any worker; at least 32 bytes. Needed."),
    "SECRET_KEYS": (
        "keys, comma between",
        "Encrypt secrets and webhooks' keys at rest; 32 bytes or more; the first encrypts, each decrypts.",
    ),
    "ISSUER": ("text", "Whose tokens open workspaces that name no issuer of their own; needed with JWKS_URL."),
    "AUDIENCE": ("text", "For whom tokens must be made (aud), where a workspace does not say so itself."),
    "JWKS_URL": ("URL", "Where the issuer publishes the public keys of RS256 and ES256; https only."),
    "ALGORITHMS": ("list, comma between", "HS256, RS256, ES256: which tokens count. All three with a JWKS_URL."),
    "SCHEMA": ("name", "The Postgres schema in which everything lives."),
    "HOST": ("address", "Where to listen."),
    "PORT": ("number", "Where to listen."),
    "WORKERS": ("processes", "Worker processes of this machine; about one for each core."),
    "WORKER_PORT_BASE": ("number", "Worker i also listens on 127.0.0.1 at this port + i; 0: at any free port."),
    "JWKS_HOSTS": (
        "hosts, comma between",
        "Hosts that workspaces may take keys from; none: any but this machine.",
    ),
    "WEBHOOK_HOSTS": (
        "hosts, comma between",
        "Hosts or networks of your own to which webhooks may be sent, by http too; none: the public Internet alone.",
    ),
    "HOSTS": (
        "names, comma between",
        "Names by which we may be asked, as a.example.com or *.example.com; none: by any, in `dev` by this machine's.",
    ),
    "ALLOWED_ORIGINS": ("origins, comma between", "Pages that may connect beside the server's own; * = any."),
    "BASE_PATH": ("path", "Where a reverse proxy mounts the server, as /draftwire."),
    "DATA_DIR": ("directory", "Where `draftwire dev` keeps PostgreSQL, keys and logs."),
    "KINDS_DIR": ("directory", "Kinds of your own, one JSON file each; one wins over ours of the same name."),
    "LOG_LEVEL": ("level", "debug, info, warning or error."),
    "CONTROL_SOCKET": ("path", "Where the supervisor takes commands; for `draftwire dev` and tests."),
}

TIMINGS: Final[dict[str, str]] = {
    "head_deadline_s": "A request whose head is not whole by then is refused.",
    "body_deadline_s": "A request's body has so long; then it must have come at 8 KiB a second.",
    "presence_lease_s": "A worker that is dead for so long is presumed so, and its sessions are gone.",
    "presence_renew_s": "How often a worker says that it lives; below the lease.",
    "presence_batch_s": "Joins and leaves of this time leave in one message.",
    "idle_s": "Present without input for so long: idle.",
    "leave_grace_s": "A reconnect within this time is no leave.",
    "ping_s": "How often a server pings its sockets; below silence_s.",
    "silence_s": "A socket that has said nothing for so long is closed.",
    "auth_deadline_s": "A socket that has not signed in by then is closed.",
    "frozen_s": "A worker whose event loop has been silent for so long is replaced.",
    "token_grace_s": "An expired token may be renewed in band within this time.",
    "slow_reader_s": "A socket that took nothing for so long is told to come back.",
    "poll_s": "How often Postgres is asked what Redis may have lost.",
    "poll_without_redis_s": "The same while Redis is away.",
    "gap_wait_s": "How long a missing message is waited for before the log is read.",
    "rights_blind_s": "A worker that could not ask for the rights for so long delivers nothing.",
    "redis_probe_s": "How often the connection to Redis is tried; a dead one is noticed within two of these.",
    "jwks_keep_s": "How long public keys of an issuer are used before they are read again.",
    "jwks_again_s": "An unknown key makes them be read at once, so often at the most.",
    "jwks_timeout_s": "How long a sign-in waits for an issuer's public keys.",
    "webhook_poll_s": "How often events and retries for webhooks are looked for, if nothing woke the worker.",
    "webhook_connect_s": "Connecting to a webhook's address.",
    "webhook_total_s": "A whole attempt to send to a webhook; below webhook_lease_s.",
    "webhook_lease_s": "What a worker that died was sending is sent by another after this.",
    "webhook_retry_s": "The first wait before a webhook is tried again; doubled each time.",
    "webhook_retry_max_s": "The longest such wait.",
    "webhook_give_up_s": "What has not passed after so long has failed.",
    "outbox_s": "How often what an edit has caused becomes events.",
    "events_wait_s": "How long a request may wait for events, at the most.",
    "alert_close_s": "An overlap closes so long after its last clash.",
    "alert_sweep_s": "How often alerts that are over are looked for.",
    "ops_kept_s": "How long batches are kept at least, beside the tail after the last snapshot.",
    "job_sweep_s": "How often what a dead worker has left to be done for drafts is looked for.",
    "job_lease_s": "How long a step of such work may take before another worker goes on with it.",
    "connect_timeout_s": "Connecting to Postgres.",
    "statement_timeout_s": "A statement of Postgres.",
    "row_lock_timeout_s": "How long a commit waits for the row of a contended draft.",
    "idle_in_transaction_s": "Postgres ends a transaction that has done nothing for so long.",
    "unready_s": "At SIGTERM `/readyz` answers 503 for so long before the listener closes.",
    "drain_s": "Time to tell sockets when to come back and to commit what is in flight; below stop_s.",
    "drain_spread_s": "Clients of a stopping worker come back spread over this time.",
    "stop_s": "A worker that has not stopped by then is killed.",
    "restart_backoff_max_s": "The longest wait before a worker that dies at once is started again.",
    "worker_start_s": "A worker that does not listen by then has failed to start.",
}


class Setting(msgspec.Struct, frozen=True):
    """A line of the list. ``value`` None: not set here; that of a secret is never shown."""

    name: str
    unit: str
    default: str | None
    value: str | None
    meaning: str
    source: Literal["environment", "default", "none"]


def settings_of(environ: dict[str, str]) -> list[Setting]:
    """Give all settings, in the order in which one reads about them."""
    defaults = {f.encode_name: f for f in msgspec.structs.fields(Settings)}
    found = []
    for name, (unit, meaning) in MEANINGS.items():
        own = name if name in WITH_PASSWORD else PREFIX + name
        field = defaults[name.lower()]
        default = None if field.required else _text(field.default)
        found.append(_setting(own, unit, meaning, default, environ.get(own) or environ.get(PREFIX + name), name))
    for timing in msgspec.structs.fields(Timings):
        own = TIMING_PREFIX + timing.name.upper()
        text = environ.get(own)
        found.append(_setting(own, "seconds", TIMINGS[timing.name], f"{timing.default:g}", text, timing.name))
    return found


def _setting(own: str, unit: str, meaning: str, default: str | None, text: str | None, name: str) -> Setting:
    if not text:
        return Setting(own, unit, default, default, meaning, "none" if default is None else "default")
    shown = "(set)" if name in SECRET | WITH_PASSWORD else text
    return Setting(own, unit, default, shown, meaning, "environment")


def _text(default: object) -> str | None:
    if default is None or default == ():
        return None
    return ", ".join(map(str, default)) if isinstance(default, tuple) else str(default)


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def config(as_json: bool) -> None:
    """List every setting with its default, unit, meaning and current value."""
    found = settings_of(environment())
    if as_json:
        click.echo(json.dumps([msgspec.to_builtins(setting) for setting in found], indent=2))
        return
    for setting in found:
        mark = "*" if setting.source == "environment" else " "
        value = setting.value if setting.value is not None else "not set"
        click.echo(f"{mark} {setting.name} = {value}  [{setting.unit}]")
        default = "" if setting.source != "environment" else f" Default: {setting.default or 'none'}."
        click.echo(f"      {setting.meaning}{default}")
    click.echo("\n* set in this environment. An empty variable counts as not set.")
