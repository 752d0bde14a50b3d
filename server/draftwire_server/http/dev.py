"""Routes of `draftwire dev` alone: sign-in without a password, the assistant, and the buttons that break things.

They are mounted only with `Settings.dev`, which listens on loopback; requests of other origins are refused.
"""

import asyncio
import contextlib
import logging
import os
import sys
import time
from urllib.parse import urlsplit

import msgspec
from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from draftwire.errors import Problem
from draftwire_server.core.access.tokens import Claims, sign_token
from draftwire_server.dev.control import ControlError, ControlRequest, send
from draftwire_server.http.serving.auth import principal_of, runtime_of
from draftwire_server.http.serving.problem import JSON, convert, json_of
from draftwire_server.services.live.opening import may_type
from draftwire_server.services.runtime import Runtime
from draftwire_server.store.access import members

log = logging.getLogger(__name__)

WORKSPACE = "demo"
TOKEN_H = 12  # a working day
AGENT = "Draft assistant"
ASSISTANT_DEADLINE_S = 120.0
ASSISTANT_STARTS_S = 20.0  # a process of its own, that signs in and begins a run
KILL_AFTER_S = 0.05  # the answer is out by then


class SignIn(msgspec.Struct, frozen=True):
    """Whose token is wanted."""

    user: str


class Ask(msgspec.Struct, frozen=True):
    """What the assistant is to work on; ``line``, from 1: where the asker looks, what it writes is near.

    ``item``: whose draft it is, for one that nobody has begun.
    """

    draft: str
    item: str = ""
    line: int = 1


class Kill(msgspec.Struct, frozen=True):
    """Which worker to kill; none: any but the one that answers, if there is another."""

    worker: str | int | None = None


def _check_origin(request: Request) -> None:
    origin = request.headers.get("origin")
    if origin is not None and urlsplit(origin).netloc != request.headers.get("host"):
        raise Problem("origin_refused")


async def info(request: Request) -> Response:
    """GET: that this is `dev`, who can sign in, and which workers run."""
    runtime = runtime_of(request)
    async with runtime.database.acquired() as connection:
        workspace = await members.find_workspace(connection, WORKSPACE)
        users = await members.list_members(connection, workspace.id) if workspace else []
    workers = []
    if runtime.settings.control_socket:
        try:
            answer = await send(runtime.settings.control_socket, ControlRequest("status"))
            workers = [{"name": w.name, "ready": w.ready, "starts": w.starts} for w in answer.workers]
        except ControlError as error:
            log.info("no supervisor: %s", error)
    return JSON(
        {
            "dev": True,
            "workspace": WORKSPACE,
            "users": [{"name": u.username, "title": u.name, "role": u.role} for u in users if not u.removed],
            "workers": workers,
            "worker": runtime.settings.worker_name,
        }
    )


async def tokens(request: Request) -> Response:
    """POST: a token for a demo user."""
    _check_origin(request)
    wanted = convert(await json_of(request), SignIn)
    runtime = runtime_of(request)
    async with runtime.database.acquired() as connection:
        workspace = await members.find_workspace(connection, WORKSPACE)
        users = await members.list_members(connection, workspace.id) if workspace else []
    user = next((u for u in users if u.username == wanted.user and not u.removed), None)
    if user is None or workspace is None:
        raise Problem("not_found")
    return JSON(
        {
            "token": _token(runtime, user.external_id or "", None, None, TOKEN_H * 3600),
            "user": user.username,
            "name": user.name,
            "workspace": workspace.id,
        }
    )


def _token(runtime: Runtime, sub: str, agent: str | None, run: str | None, ttl_s: float) -> str:
    now, settings = time.time(), runtime.settings
    claims = Claims(
        sub=sub,
        workspace=WORKSPACE,
        iat=int(now),
        exp=int(now + ttl_s),
        agent=agent,
        run=run,
        iss=settings.issuer,
        aud=settings.audience,
    )
    return sign_token(claims, runtime.settings.token_keys)


async def assistant(request: Request) -> Response:
    """POST: let the assistant work on a draft, on behalf of the asker; 202 with its run."""
    _check_origin(request)
    principal = await principal_of(request)
    ask = convert(await json_of(request), Ask)
    runtime = runtime_of(request)
    live = await runtime.opening.by_id(principal, ask.draft, ask.item)
    if may_type(principal, live) != "type":
        raise Problem("forbidden", detail={"missing": "write"})
    leaf = next((at for at in ("/content", "/value/content") if isinstance(live.replica.document.get(at), str)), None)
    if leaf is None:
        raise Problem("not_text", "The assistant only works on scripts.")
    token = _token(runtime, principal.external_id or "", AGENT, None, ASSISTANT_DEADLINE_S)
    settings = runtime.settings
    url = f"http://127.0.0.1:{settings.port}{settings.base_path}"
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "draftwire_server.dev.assistant", url, live.item.id, live.id, leaf, str(ask.line),
        stdout=asyncio.subprocess.PIPE, env={**os.environ, "DRAFTWIRE_ASSISTANT_TOKEN": token},
    )  # fmt: skip
    assert child.stdout is not None
    runtime.spawn(_end_in_time(child))
    try:
        async with asyncio.timeout(ASSISTANT_STARTS_S):
            run = (await child.stdout.readline()).decode().strip()
    except TimeoutError:
        run = ""
    if not run:
        raise Problem("unavailable", "The assistant did not start. See the server's log.")
    return JSON({"run": run, "agent": AGENT}, 202)


async def _end_in_time(child: asyncio.subprocess.Process) -> None:
    """Wait for the assistant, which ends its run itself; one that hangs is killed, and its run lost with its lease."""
    try:
        async with asyncio.timeout(ASSISTANT_DEADLINE_S):
            await child.wait()
    except TimeoutError:
        log.warning("the assistant of the demo was not done in time")
    finally:
        if child.returncode is None:
            child.kill()


async def _control(request: Request, command: ControlRequest) -> Response:
    _check_origin(request)
    await principal_of(request)
    path = runtime_of(request).settings.control_socket
    if path is None:
        raise Problem("not_found", "The server runs without a supervisor.")
    try:
        answer = await send(path, command)
    except ControlError as error:
        raise Problem("busy", str(error)) from error
    return JSON({"ok": True, "worker": answer.worker})


async def kill_worker(request: Request) -> Response:
    """POST: SIGKILL a worker, after the answer: it may be the one that gives it."""
    _check_origin(request)
    await principal_of(request)
    wanted = convert(await json_of(request), Kill).worker
    path = runtime_of(request).settings.control_socket
    if path is None:
        raise Problem("not_found", "The server runs without a supervisor.")
    try:
        workers = (await send(path, ControlRequest("status"))).workers
    except ControlError as error:
        raise Problem("busy", str(error)) from error
    victim = next((w for w in workers if wanted is None or wanted in (w.name, w.index)), None)
    if victim is None:
        raise Problem("not_found", "Unknown worker.")
    kill = BackgroundTask(_kill, path, victim.index)
    return JSON({"ok": True, "worker": victim.name}, background=kill)


async def _kill(path: str, index: int) -> None:
    await asyncio.sleep(KILL_AFTER_S)
    with contextlib.suppress(ControlError):
        await send(path, ControlRequest("kill-worker", index))


async def flush_valkey(request: Request) -> Response:
    """POST: make Valkey forget everything."""
    return await _control(request, ControlRequest("flush-valkey"))


async def restart_postgres(request: Request) -> Response:
    """POST: stop and start Postgres."""
    return await _control(request, ControlRequest("restart-postgres"))


routes = [
    Route("/dev/info", info, methods=["GET"]),
    Route("/dev/tokens", tokens, methods=["POST"]),
    Route("/dev/assistant", assistant, methods=["POST"]),
    Route("/dev/kill-worker", kill_worker, methods=["POST"]),
    Route("/dev/flush-valkey", flush_valkey, methods=["POST"]),
    Route("/dev/restart-postgres", restart_postgres, methods=["POST"]),
]
