"""What an operator can set, read once from the environment and then passed on; nobody else reads the
environment.

`Settings` travels to the worker processes as JSON. `from_env` collects every problem before it complains, so
that a deployment is mended in one go. Times that only tests and unusual networks change are in `Timings`,
each with its reason.
"""

import difflib
import ipaddress
import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final, Literal
from urllib.parse import urlsplit

import msgspec

PREFIX: Final = "DRAFTWIRE_"
TIMING_PREFIX: Final = "DRAFTWIRE_TIMING_"
MIN_KEY_BYTES: Final = 32  # RFC 7518 §3.2: an HS256 key is at least as long as the hash
TIMING_MOST_S: Final = 86_400.0  # a longer one is a mistake in the unit, unless its default is of that size itself
TIMING_MOST_TIMES: Final = 13  # what is kept for a month may be kept for a year
MAX_WORKERS: Final = 64  # more processes than any machine this was tried on; a typo otherwise
LOG_LEVELS: Final = ("debug", "info", "warning", "error")

LogLevel = Literal["debug", "info", "warning", "error"]


class SettingsError(Exception):
    """The environment can't be used; ``problems`` names everything that is wrong, one sentence each."""

    def __init__(self, problems: list[str]) -> None:
        self.problems = problems
        super().__init__("; ".join(problems))


class Timings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How long things may take. Every value is in seconds and > 0; system tests shorten them."""

    # Presence. A dead worker's ghosts go in lease + poll ≤ 10 s; a lease bears two lost renewals.
    presence_lease_s: float = 6.0
    presence_renew_s: float = 2.0
    presence_batch_s: float = 0.05  # joins and leaves of this time leave in one message
    idle_s: float = 60.0  # no input for so long: present, but idle
    leave_grace_s: float = 5.0  # a reconnect within this time is no leave

    # A vanished client is gone in silence + leave grace ≤ 25 s. Two pings may get lost.
    ping_s: float = 8.0
    silence_s: float = 18.0

    # Connections
    auth_deadline_s: float = 10.0  # a socket that has not authenticated by then only costs memory
    head_deadline_s: float = 10.0  # a request whose head is not whole by then is refused; nobody knows yet who asks
    body_deadline_s: float = 30.0  # then a body must have come at `BODY_BYTES_PER_S`
    frozen_s: float = 10.0  # a worker whose loop said nothing for so long is replaced; our own pauses are below 1 s
    token_grace_s: float = 30.0  # an expired token is renewed in band within this time
    slow_reader_s: float = 20.0  # a socket that took nothing for so long is closed: "come back"

    # Looking at Postgres: what Redis lost is seen after one of these.
    poll_s: float = 0.5
    poll_without_redis_s: float = 0.2
    gap_wait_s: float = 0.03  # messages of two workers overtake each other by a few ms; then the log is read
    rights_blind_s: float = 3.0  # a worker that could not ask for the rights for so long delivers nothing
    redis_probe_s: float = 2.0  # a pub/sub connection that died in silence is noticed within two of these

    # Public keys of issuers
    jwks_keep_s: float = 600.0  # a set is read again after so long, beside the requests that use it
    jwks_again_s: float = 10.0  # an unknown key makes it be read again, so often at the most
    jwks_timeout_s: float = 5.0  # a sign-in waits for it

    # What is kept
    ops_kept_s: float = 30 * 86_400.0  # batches; as long as a discarded draft can be brought back

    # Webhooks
    webhook_poll_s: float = 1.0  # what no message woke a worker for is found after this
    webhook_connect_s: float = 5.0
    webhook_total_s: float = 15.0  # an address that hangs costs so much
    webhook_lease_s: float = 45.0  # what a dead worker was sending is sent by another after this
    webhook_retry_s: float = 5.0  # doubled with every attempt that fails, up to
    webhook_retry_max_s: float = 3_600.0
    webhook_give_up_s: float = 86_400.0  # then a delivery has failed

    # Sweeps
    outbox_s: float = 0.25  # what an edit causes is an event within a second
    events_wait_s: float = 25.0  # a request waits so long for events at the most: below the 30 s of many proxies
    alert_close_s: float = 5.0  # an overlap closes so long after its last clash
    alert_sweep_s: float = 1.0
    job_sweep_s: float = 1.0  # what a dead worker has left to be done is looked for so often
    job_lease_s: float = 30.0  # a step of a job is over long before; then another worker goes on with it

    # Postgres
    connect_timeout_s: float = 5.0
    statement_timeout_s: float = 10.0  # reads; a stuck one must not keep a pooled connection
    row_lock_timeout_s: float = 0.25  # for a contended draft's row: its writers wait behind the one who waits
    idle_in_transaction_s: float = 1.0  # a worker that froze in a transaction must not hold its locks

    # Stopping. The supervisor kills after stop_s; what precedes must fit into it.
    unready_s: float = 1.0  # `/readyz` says no for so long before the listener closes: balancers look elsewhere
    drain_s: float = 6.0  # telling the sockets when to come back, committing what is in flight
    drain_spread_s: float = 3.0  # clients of a draining worker come back spread over this time
    stop_s: float = 10.0

    # The supervisor's patience with a worker that dies at once again and again
    restart_backoff_max_s: float = 30.0
    worker_start_s: float = 30.0  # not listening by then: it counts as a failed start


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Everything a server process needs to know. Secrets are in here: never log it whole."""

    database_url: str
    token_keys: tuple[
        str, ...
    ]  # HS256; the first signs, all verify, so that keys can be rotated; none with a JWKS alone
    resume_key: str  # signs the tokens with which a session resumes on another worker
    redis_url: str | None = None
    secret_keys: tuple[str, ...] = ()  # encrypt secrets at rest: the first encrypts, all decrypt; none: no secrets
    # Whose tokens open workspaces that say nothing else of it; see `core.tokens.Trust`
    issuer: str | None = None
    audience: str | None = None
    jwks_hosts: tuple[str, ...] = ()  # that workspaces may name in addresses of their own; none = any but this machine
    jwks_url: str | None = None
    webhook_hosts: tuple[str, ...] = ()  # inside of the network, to which webhooks may be sent, also without TLS
    algorithms: tuple[Literal["HS256", "RS256", "ES256"], ...] = ("HS256",)
    schema: str = "draftwire"  # everything lives in this one Postgres schema
    host: str = "127.0.0.1"
    port: int = 8000
    workers: int = 1
    worker_port_base: int | None = None  # worker i also listens on 127.0.0.1:base + i; 0 = any free port
    hosts: tuple[str, ...] = ()  # names by which the server may be asked; none = any, in `dev` those of this machine
    allowed_origins: tuple[str, ...] = ()  # beside the server's own origin; "*" = any
    base_path: str = ""  # where a reverse proxy mounts the server, as "/draftwire"
    data_dir: Path = Path(".draftwire")  # written to by `dev` only
    kinds_dir: Path | None = None  # an operator's own kinds, one JSON file each, beside ours
    log_level: LogLevel = "info"
    dev: bool = False
    control_socket: str | None = None  # of the supervisor, for `dev` and system tests: kill, flush, restart
    pool_max: int = 8  # connections of one worker beside its lanes; the supervisor shares what there is
    timings: Timings = Timings()

    # Filled in by the supervisor, different in every worker
    worker_index: int = 0
    worker_name: str = "worker-0"
    worker_port: int | None = None

    def __repr__(self) -> str:
        return f"Settings(schema={self.schema!r}, port={self.port}, worker={self.worker_name!r}, …)"


def from_env(environ: Mapping[str, str]) -> Settings:
    """Read the settings; an empty variable counts as not set.

    Raises:
        SettingsError: with every problem, not only the first.
    """
    problems: list[str] = []
    found = _known(environ, problems)
    values: dict[str, Any] = {
        "database_url": _url(found, "DATABASE_URL", ("postgresql", "postgres"), problems) or "",
        "redis_url": _url(found, "REDIS_URL", ("redis", "rediss", "unix"), problems),
        "token_keys": _keys(found, problems),
        "resume_key": _key(found, "RESUME_KEY", problems),
        "secret_keys": _listed_keys(found, "SECRET_KEYS", problems),
        "jwks_url": _jwks_url(found, problems),
        "jwks_hosts": tuple(host.strip().lower() for host in found.get("JWKS_HOSTS", "").split(",") if host.strip()),
        "webhook_hosts": _webhook_hosts(found, problems),
        "algorithms": _algorithms(found, problems),
        "hosts": _hosts(found, problems),
        "allowed_origins": _origins(found, problems),
        "base_path": _base_path(found, problems),
        "schema": _schema(found, problems),
        "timings": _timings(environ, problems),
    }
    if not values["database_url"] and "DATABASE_URL" not in found:
        problems.append("DATABASE_URL is not set. Set it to your Postgres: postgresql://user:password@host/database.")
    for name, low, high in (("PORT", 0, 65535), ("WORKERS", 1, MAX_WORKERS), ("WORKER_PORT_BASE", 0, 65000)):
        _integer(found, name, low, high, values, problems)
    for name in ("HOST", "CONTROL_SOCKET", "ISSUER", "AUDIENCE"):
        if name in found:
            values[name.lower()] = found[name]
    for name in ("DATA_DIR", "KINDS_DIR"):
        if name in found:
            values[name.lower()] = Path(found[name])
    if not values.get("kinds_dir", Path()).is_dir():
        problems.append("DRAFTWIRE_KINDS_DIR must be a directory.")
    _log_level(found, values, problems)
    if problems:
        raise SettingsError(problems)
    return Settings(**values)


def encode(settings: Settings) -> bytes:
    """Write the settings for a worker process."""
    return msgspec.json.encode(settings, enc_hook=str)  # the one foreign type is Path


def decode(data: bytes) -> Settings:
    """Read what `encode` wrote."""
    return msgspec.json.decode(data, type=Settings, dec_hook=lambda kind, text: kind(text))


OF_CLIENTS: Final = ("SERVER", "TOKEN")  # where commands find a server, and with what; no settings of one

_NAMES: Final = (
    "TOKEN_KEYS",
    "RESUME_KEY",
    "SECRET_KEYS",
    "ISSUER",
    "AUDIENCE",
    "JWKS_URL",
    "ALGORITHMS",
    "SCHEMA",
    "HOST",
    "PORT",
    "WORKERS",
    "WORKER_PORT_BASE",
    "HOSTS",
    "ALLOWED_ORIGINS",
    "JWKS_HOSTS",
    "WEBHOOK_HOSTS",
    "BASE_PATH",
    "DATA_DIR",
    "KINDS_DIR",
    "LOG_LEVEL",
    "CONTROL_SOCKET",
)


_HOST_NAME: Final = re.compile(r"(\*\.)?[a-z0-9_]([a-z0-9_.-]*[a-z0-9_])?|[0-9a-f:.]+")


def _known(environ: Mapping[str, str], problems: list[str]) -> dict[str, str]:
    """Pick our variables; a misspelt one would be a setting that silently does nothing."""
    found = {name: environ[name] for name in ("DATABASE_URL", "REDIS_URL") if environ.get(name)}
    for name, value in environ.items():
        if not name.startswith(PREFIX) or name.startswith(TIMING_PREFIX):
            continue
        short = name.removeprefix(PREFIX)
        if short in ("DATABASE_URL", "REDIS_URL"):
            if value:
                found[short] = value  # ours wins over the platform's
        elif short in OF_CLIENTS:
            continue
        elif short not in _NAMES:
            near = difflib.get_close_matches(short, _NAMES, n=1)
            hint = f"; did you mean {PREFIX}{near[0]}?" if near else "."
            problems.append(f"{name} is not a setting{hint}")
        elif value:
            found[short] = value
    return found


def _url(found: Mapping[str, str], name: str, schemes: tuple[str, ...], problems: list[str]) -> str | None:
    url = found.get(name)
    if url is None:
        return None
    try:
        scheme = urlsplit(url).scheme
    except ValueError:
        scheme = ""
    if scheme not in schemes:  # the URL itself is not repeated: it holds a password
        problems.append(f"{name} must start with {' or '.join(s + '://' for s in schemes)}.")
        return None
    return url


def _keys(found: Mapping[str, str], problems: list[str]) -> tuple[str, ...]:
    keys = _listed_keys(found, "TOKEN_KEYS", problems)
    if not keys and "JWKS_URL" not in found:
        problems.append(
            "DRAFTWIRE_TOKEN_KEYS is not set: one or more HS256 keys, separated by commas; the first signs."
        )
    return keys


def _listed_keys(found: Mapping[str, str], name: str, problems: list[str]) -> tuple[str, ...]:
    keys = tuple(key.strip() for key in found.get(name, "").split(",") if key.strip())
    for number, key in enumerate(keys, 1):
        if len(key.encode()) < MIN_KEY_BYTES:
            problems.append(f"Key {number} of {PREFIX}{name} is shorter than {MIN_KEY_BYTES} bytes.")
    if len(set(keys)) < len(keys):
        problems.append(f"{PREFIX}{name} names a key twice.")
    return keys


ALGORITHMS: Final = ("HS256", "RS256", "ES256")


def _algorithms(found: Mapping[str, str], problems: list[str]) -> tuple[str, ...]:
    """Those that are named; else HS256, and what public keys verify if there is a JWKS."""
    named = tuple(part.strip() for part in found.get("ALGORITHMS", "").split(",") if part.strip())
    problems += [
        f"DRAFTWIRE_ALGORITHMS: {name[:20]!r} is none of {', '.join(ALGORITHMS)}."
        for name in named
        if name not in ALGORITHMS
    ]
    return named or (ALGORITHMS if "JWKS_URL" in found else ALGORITHMS[:1])


def _jwks_url(found: Mapping[str, str], problems: list[str]) -> str | None:
    url = found.get("JWKS_URL")
    if url is None:
        return None
    parts = urlsplit(url)
    if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in ("localhost", "127.0.0.1", "::1")):
        problems.append("DRAFTWIRE_JWKS_URL must start with https://, because this server decides who can sign in.")
    if "ISSUER" not in found:
        problems.append("DRAFTWIRE_JWKS_URL also needs DRAFTWIRE_ISSUER.")
    return url


def _webhook_hosts(found: Mapping[str, str], problems: list[str]) -> tuple[str, ...]:
    """Names, addresses, and networks as 10.0.0.0/8."""
    hosts = tuple(host.strip().lower() for host in found.get("WEBHOOK_HOSTS", "").split(",") if host.strip())
    for host in hosts:
        try:
            if "/" in host or ":" in host:
                ipaddress.ip_network(host, strict=False)
        except ValueError:
            problems.append(f"DRAFTWIRE_WEBHOOK_HOSTS: {host!r} is not a host. Use a name, an address or a network.")
    return hosts


def _key(found: Mapping[str, str], name: str, problems: list[str]) -> str:
    key = found.get(name, "")
    if not key:
        problems.append(f"{PREFIX}{name} is not set: at least {MIN_KEY_BYTES} random bytes, the same on every machine.")
    elif len(key.encode()) < MIN_KEY_BYTES:
        problems.append(f"{PREFIX}{name} is shorter than {MIN_KEY_BYTES} bytes.")
    return key


def _hosts(found: Mapping[str, str], problems: list[str]) -> tuple[str, ...]:
    hosts = tuple(host.strip().lower() for host in found.get("HOSTS", "").split(",") if host.strip())
    wrong = (host for host in hosts if not _HOST_NAME.fullmatch(host))
    problems.extend(f"DRAFTWIRE_HOSTS: {host!r} is not a host. Use a.example.com or *.example.com." for host in wrong)
    return hosts


def _origins(found: Mapping[str, str], problems: list[str]) -> tuple[str, ...]:
    origins = tuple(o.strip() for o in found.get("ALLOWED_ORIGINS", "").split(",") if o.strip())
    for origin in origins:
        parts = urlsplit(origin)
        bare = parts.scheme in ("http", "https") and parts.netloc and "@" not in parts.netloc
        if origin != "*" and not (bare and origin == f"{parts.scheme}://{parts.netloc}"):
            problems.append(
                f"DRAFTWIRE_ALLOWED_ORIGINS: {origin!r} is not an origin. Use https://host or https://host:port."
            )
    return tuple(o.lower() for o in origins)


def _base_path(found: Mapping[str, str], problems: list[str]) -> str:
    path = found.get("BASE_PATH", "").rstrip("/")
    if path and (not path.startswith("/") or "//" in path or "?" in path or "#" in path):
        problems.append("DRAFTWIRE_BASE_PATH must start with a slash and have no query, such as /draftwire.")
    return path


def _schema(found: Mapping[str, str], problems: list[str]) -> str:
    schema = found.get("SCHEMA", "draftwire")
    plain = schema.isascii() and schema.replace("_", "a").isalnum() and schema == schema.lower()
    if not plain or schema[0].isdigit() or len(schema) > 63 or schema.startswith("pg_"):
        problems.append("DRAFTWIRE_SCHEMA must be a plain lower-case name of at most 63 letters, digits and _.")
    return schema


def _integer(
    found: Mapping[str, str], name: str, low: int, high: int, values: dict[str, Any], problems: list[str]
) -> None:
    if name not in found:
        return
    try:
        value = int(found[name])
    except ValueError:
        value = low - 1
    if low <= value <= high:
        values[name.lower()] = value
    else:
        problems.append(f"{PREFIX}{name} must be a whole number from {low} to {high}.")


def _log_level(found: Mapping[str, str], values: dict[str, Any], problems: list[str]) -> None:
    if "LOG_LEVEL" not in found:
        return
    values["log_level"] = found["LOG_LEVEL"].lower()
    if values["log_level"] not in LOG_LEVELS:
        problems.append(f"DRAFTWIRE_LOG_LEVEL must be one of {', '.join(LOG_LEVELS)}.")


def _timings(environ: Mapping[str, str], problems: list[str]) -> Timings:
    values: dict[str, float] = {}
    for name, text in environ.items():
        if not name.startswith(TIMING_PREFIX) or not text:
            continue
        field = name.removeprefix(TIMING_PREFIX).lower()
        if field not in Timings.__struct_fields__:
            near = difflib.get_close_matches(field, Timings.__struct_fields__, n=1)
            hint = f"; did you mean {TIMING_PREFIX}{near[0].upper()}?" if near else "."
            problems.append(f"{name} is not a timing{hint}")
            continue
        try:
            values[field] = float(text)
        except ValueError:
            values[field] = -1.0
        most = max(TIMING_MOST_S, TIMING_MOST_TIMES * getattr(Timings(), field))
        if not 0 < values[field] <= most:
            problems.append(f"{name} must be a number of seconds above 0 and at most {most:.0f}.")
    timings = Timings(**values)
    problems.extend(_contradictions(timings))
    return timings


def _contradictions(timings: Timings) -> list[str]:
    """Name the pairs of times that would break a promise."""
    pairs = (
        (
            timings.presence_renew_s < timings.presence_lease_s,
            "presence_renew_s must be below presence_lease_s",
        ),
        (timings.ping_s < timings.silence_s, "ping_s must be below silence_s"),
        (timings.unready_s + timings.drain_s < timings.stop_s, "unready_s and drain_s must together be below stop_s"),
        (timings.webhook_total_s < timings.webhook_lease_s, "webhook_total_s must be below webhook_lease_s"),
    )
    return [f"Timings: {text}." for holds, text in pairs if not holds]


def environment() -> dict[str, str]:
    """Read the process environment: the one place that does."""
    return dict(os.environ)
