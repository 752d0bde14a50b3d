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
    "DATABASE_URL": ("URL", "PostgreSQL 15 or later: the source of truth. Required."),
    "REDIS_URL": ("URL", "Redis or Valkey, carries messages between workers. Required for more than one worker."),
    "TOKEN_KEYS": (
        "keys, comma between",
        "HS256 keys of at least 32 bytes; the first signs, all verify. Required unless a JWKS is set.",
    ),
    "RESUME_KEY": ("key", "Signs the tokens with which sessions resume on any worker; at least 32 bytes. Required."),
    "SECRET_KEYS": (
        "keys, comma between",
        "Encrypt secrets and webhooks' keys at rest; 32 bytes or more; the first encrypts, all decrypt.",
    ),
    "ISSUER": ("text", "Token issuer (iss) of workspaces without their own; required with JWKS_URL."),
    "AUDIENCE": ("text", "Token audience (aud) of workspaces without their own."),
    "JWKS_URL": ("URL", "URL of the issuer's public keys for RS256 and ES256; https only."),
    "ALGORITHMS": (
        "list, comma between",
        "Accepted algorithms: HS256, RS256, ES256. With a JWKS_URL all three by default.",
    ),
    "SCHEMA": ("name", "The Postgres schema for everything."),
    "HOST": ("address", "Address to listen on."),
    "PORT": ("number", "Port to listen on."),
    "WORKERS": ("processes", "Worker processes of this machine; start with one per core."),
    "WORKER_PORT_BASE": ("number", "Worker i also listens on 127.0.0.1 at this port + i; 0: on any free port."),
    "JWKS_HOSTS": (
        "hosts, comma between",
        "Hosts from which workspaces may load keys; none: any except this machine.",
    ),
    "WEBHOOK_HOSTS": (
        "hosts, comma between",
        "Your own hosts or networks to which webhooks may be sent, also by http; none: only the public Internet.",
    ),
    "HOSTS": (
        "names, comma between",
        "Host names to answer to, such as a.example.com or *.example.com; none: any, in `dev` this machine's.",
    ),
    "ALLOWED_ORIGINS": ("origins, comma between", "Origins of other pages that may connect; * = any."),
    "BASE_PATH": ("path", "Path at which a reverse proxy mounts the server, such as /draftwire."),
    "DATA_DIR": ("directory", "Directory of PostgreSQL, keys and logs of `draftwire dev`."),
    "KINDS_DIR": ("directory", "Your own kinds, one JSON file each; they override shipped kinds of the same name."),
    "LOG_LEVEL": ("level", "debug, info, warning or error."),
    "CONTROL_SOCKET": ("path", "Socket on which the supervisor takes commands; for `draftwire dev` and tests."),
}

TIMINGS: Final[dict[str, str]] = {
    "head_deadline_s": "A request whose head takes longer is refused.",
    "body_deadline_s": "Time for a request's body; after that it must average 8 KiB a second.",
    "presence_lease_s": "A worker silent for this long counts as dead, and its sessions as gone.",
    "presence_renew_s": "How often a worker renews its lease; below the lease.",
    "presence_batch_s": "Joins and leaves within this time are sent in one message.",
    "idle_s": "A person without input for this long is idle.",
    "leave_grace_s": "A reconnect within this time does not count as leaving.",
    "ping_s": "How often a server pings its sockets; below silence_s.",
    "silence_s": "A socket silent for this long is closed.",
    "auth_deadline_s": "A socket that takes longer to sign in is closed.",
    "frozen_s": "A worker whose event loop is silent for this long is replaced.",
    "token_grace_s": "An expired token can be renewed on its connection within this time.",
    "slow_reader_s": "A socket that reads nothing for this long has to reconnect.",
    "poll_s": "How often Postgres is polled for messages that Redis may have lost.",
    "poll_without_redis_s": "The same while Redis is down.",
    "gap_wait_s": "How long to wait for a missing message before reading the log.",
    "rights_blind_s": "A worker that could not check rights for this long delivers nothing.",
    "redis_probe_s": "How often the connection to Redis is checked; a dead one is noticed within two checks.",
    "jwks_keep_s": "How long an issuer's public keys are used before they are loaded again.",
    "jwks_again_s": "An unknown key reloads them at once, at most this often.",
    "jwks_timeout_s": "How long a sign-in waits for an issuer's public keys.",
    "webhook_poll_s": "How often to look for events and retries of webhooks, if nothing woke the worker.",
    "webhook_connect_s": "Timeout for connecting to a webhook's address.",
    "webhook_total_s": "Timeout for a whole attempt to send to a webhook; below webhook_lease_s.",
    "webhook_lease_s": "Another worker sends what a dead worker was sending after this time.",
    "webhook_retry_s": "The first wait before a webhook is retried; doubled each time.",
    "webhook_retry_max_s": "The longest such wait.",
    "webhook_give_up_s": "A delivery without success for this long has failed.",
    "outbox_s": "How often consequences of edits become events.",
    "events_wait_s": "How long a request may wait for events at most.",
    "alert_close_s": "An overlap closes this long after its last clash.",
    "alert_sweep_s": "How often to look for alerts that can be closed.",
    "ops_kept_s": "How long batches are kept at least; those after the last snapshot always are.",
    "job_sweep_s": "How often to look for draft jobs that a dead worker left.",
    "job_lease_s": "How long a step of such a job may take before another worker takes over.",
    "connect_timeout_s": "Timeout for connecting to Postgres.",
    "statement_timeout_s": "Timeout for a statement of Postgres.",
    "row_lock_timeout_s": "How long a commit waits for the row of a contended draft.",
    "idle_in_transaction_s": "Postgres ends a transaction that is idle for this long.",
    "unready_s": "At SIGTERM, `/readyz` answers 503 for this long before the listener closes.",
    "drain_s": "Time to tell sockets when to reconnect and to commit edits in flight; below stop_s.",
    "drain_spread_s": "Clients of a stopping worker reconnect spread over this time.",
    "stop_s": "A worker that takes longer to stop is killed.",
    "restart_backoff_max_s": "The longest wait before a worker that keeps dying is restarted.",
    "worker_start_s": "A worker that takes longer to listen has failed to start.",
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
