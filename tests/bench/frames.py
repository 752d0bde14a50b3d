"""The longest frame of an editor tab while 20 tabs are on one draft and 10 of them type, all on this machine.

Two tabs are watched, each with a window to itself: one that types and one that looks on. The others are behind
windows, as tabs of other people are on other machines; but what they cost stays on this one. So the target is held by
the work of the longest task: processor time of the page's thread, which is the frame on a machine with a core for the
tab. Frames as they passed on the clock are told beside it: they also wait for 19 other tabs and the server.
"""

import json
import tempfile
from pathlib import Path

from tests.bench.figures import Figure, chromium
from tests.browser.editor.crowd import TABS, TYPING, equal, gather_around, put_carets, type_at_once
from tests.browser.editor.people import Tabs, deployed_script, script, sign_in
from tests.system.test_dev import dev, free_port

NAME = "frames"
LIMIT_S = 240.0
MOST_MS = 100.0
LINES = "".join(f"line_{n} = {n}\n" for n in range(1, TYPING + 3))
TEXT = "# the quick brown fox jumps over the lazy dog and back "
PAUSE_MS = 120.0  # between two keys: a quick typist

TRACED = ["toplevel", "blink.user_timing"]

WATCH = """(name) => {
    performance.mark(name);
    const seen = (window.seenFrames = { frames: [] });
    let last = performance.now();
    const frame = (now) => {
        seen.frames.push(now - last);
        last = now;
        requestAnimationFrame(frame);
    };
    requestAnimationFrame((now) => { last = now; requestAnimationFrame(frame); });
}"""


async def measure() -> list[Figure]:
    with tempfile.TemporaryDirectory(prefix="dw-bench-") as name:
        port = free_port()
        async with dev(Path(name), port) as running, chromium() as browser:
            await running.ready()
            tabs = Tabs(browser, f"http://127.0.0.1:{port}")
            async with tabs.stack:
                return await _measured(tabs)


async def _measured(tabs: Tabs) -> list[Figure]:
    ada = await sign_in(tabs.address, "ada")
    item = await deployed_script(ada, "crowd", LINES)
    draft = (await ada.save(item, script(LINES + "# begun\n"), "shared"))["draft"]
    typist, onlooker, others = await gather_around(tabs, f"/items/{item}/drafts/{draft}")
    typing = [typist, *others[: TYPING - 1]]
    await put_carets(typing)
    await tabs.browser.start_tracing(categories=TRACED)
    watched = {"types": typist, "looks on": onlooker}
    for name, tab in watched.items():
        await tab.page.bring_to_front()
        await tab.page.evaluate(WATCH, name)
    await type_at_once(typing, TEXT, pause_ms=PAUSE_MS)
    frames = {name: await tab.page.evaluate("() => seenFrames.frames") for name, tab in watched.items()}
    tasks = _tasks(await tabs.browser.stop_tracing(), set(watched))
    shown = await equal([typist, onlooker, *others])
    assert shown.count(TEXT) == TYPING, "a text is not whole"
    assert tabs.problems == [], tabs.problems
    figures = [Figure(f"tabs that show one text at the end, of {TABS}", len(others) + 2, "")]
    for name in watched:
        assert len(frames[name]) > 10 and len(tasks[name]) > 10, "the tab drew nothing"
        figures += _of(name, sorted(frames[name]), sorted(tasks[name]))
    return figures


def _of(name: str, frames: list[float], tasks: list[float]) -> list[Figure]:
    at_99 = frames[int(len(frames) * 0.99)]
    return [
        Figure(f"work in the longest frame of a tab that {name}", tasks[-1], "ms", most=MOST_MS),
        Figure(f"  all its work, of {sum(frames):,.0f} ms", sum(tasks), "ms"),
        Figure("  on the clock: longest frame", frames[-1], "ms"),
        Figure(f"  on the clock: 99 of 100 of {len(frames)} frames within", at_99, "ms"),
    ]


def _tasks(trace: bytes, names: set[str]) -> dict[str, list[float]]:
    """The processor time of each task of the threads that set these marks, in milliseconds."""
    events = json.loads(trace)["traceEvents"]
    threads = {(event["pid"], event["tid"]): event["name"] for event in events if event["name"] in names}
    found: dict[str, list[float]] = {name: [] for name in names}
    for event in events:
        name = threads.get((event["pid"], event["tid"]))
        if name is not None and event["ph"] == "X" and event["name"].endswith("RunTask"):
            found[name].append(event.get("tdur", 0) / 1000)
    return found
