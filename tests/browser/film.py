"""Record the guided tour of the demo into docs/: `make demo-film`. A real server, a real browser, nothing is cut.

Chromium is camera and encoder: pictures of the page go to a second page as they come, whose MediaRecorder makes WebM of
them. So no other program is needed. Writes docs/demo.webm (at most `MOST_BYTES`) and its still docs/demo.png.
"""

import asyncio
import base64
import sys
import tempfile
from pathlib import Path
from typing import Any

from playwright.async_api import CDPSession, Page, async_playwright

from tests.browser.chromium import find_chromium
from tests.system.test_dev import dev, free_port

DOCS = Path(__file__).resolve().parents[2] / "docs"
WIDTH, HEIGHT = 1280, 800
MOST_BYTES = 4_000_000
BITS_PER_S = 380_000  # a tour of 65 s stays below `MOST_BYTES`
FRAME_S = 0.1
END = "That was all real"
STILL_MS = 3_500  # after the assistant came: it is in the midst of writing by then

BEGIN = """([width, height, bits]) => {
    const canvas = Object.assign(document.createElement("canvas"), { width, height });
    document.body.append(canvas);
    const stream = canvas.captureStream(0);
    const recorder = new MediaRecorder(stream, { mimeType: "video/webm;codecs=vp9", videoBitsPerSecond: bits });
    const parts = [];
    recorder.ondataavailable = ({ data }) => parts.push(data);
    const context = canvas.getContext("2d");
    window.film = {
        async draw(jpeg) {
            const picture = new Image();
            picture.src = `data:image/jpeg;base64,${jpeg}`;
            await picture.decode();
            context.drawImage(picture, 0, 0, width, height);
            stream.getVideoTracks()[0].requestFrame();
        },
        async end() {
            await new Promise((done) => { recorder.onstop = done; recorder.stop(); });
            const bytes = new Uint8Array(await new Blob(parts).arrayBuffer());
            let text = "";
            for (let i = 0; i < bytes.length; i += 32768) text += String.fromCharCode(...bytes.subarray(i, i + 32768));
            return btoa(text);
        },
    };
    recorder.start(1000);
}"""


async def shoot(camera: CDPSession, encoder: Page) -> None:
    """Hand on pictures of the page until cancelled; while one is encoded, those that come are passed over."""
    latest: list[str] = []

    async def take(frame: dict[str, Any]) -> None:
        latest[:] = [frame["data"]]
        await camera.send("Page.screencastFrameAck", {"sessionId": frame["sessionId"]})

    camera.on("Page.screencastFrame", lambda frame: asyncio.ensure_future(take(frame)))
    size = {"maxWidth": WIDTH, "maxHeight": HEIGHT}
    await camera.send("Page.startScreencast", {"format": "jpeg", "quality": 80, **size})
    while True:
        if latest:
            await encoder.evaluate("(jpeg) => film.draw(jpeg)", latest.pop())
        await asyncio.sleep(FRAME_S)


async def record(directory: Path) -> None:
    """Show the tour once and keep it. Raises if it does not come to its end, lost an edit, or is too large."""
    port = free_port()
    async with dev(directory, port) as running, async_playwright() as playwright:
        await running.ready()
        arguments = ["--headless", "--no-sandbox", "--disable-gpu"]
        browser = await playwright.chromium.launch(executable_path=find_chromium(), args=arguments)
        encoder = await browser.new_page()
        page = await browser.new_page(viewport={"width": WIDTH, "height": HEIGHT}, color_scheme="light")
        await page.goto(f"http://127.0.0.1:{port}/demo?tour=true")
        await page.locator("#tour-text").wait_for()
        await encoder.evaluate(BEGIN, [WIDTH, HEIGHT, BITS_PER_S])
        camera = await page.context.new_cdp_session(page)
        shooting = asyncio.create_task(shoot(camera, encoder))
        await page.locator("#here li[data-agent]").wait_for(timeout=60_000)
        await page.wait_for_timeout(STILL_MS)
        still = await page.screenshot()
        await page.get_by_text(END).wait_for(timeout=120_000)
        await page.wait_for_timeout(2_500)
        lost = await page.locator("#lost").inner_text()
        log = await page.locator("#log").inner_text()
        shooting.cancel()
        await asyncio.wait([shooting])
        film = base64.b64decode(await encoder.evaluate("() => film.end()"))
        await browser.close()
    assert lost == "0", f"the film would show {lost} lost edits"
    assert "The tour:" not in log, log
    assert 0 < len(film) <= MOST_BYTES, f"the film has {len(film)} bytes"
    (DOCS / "demo.webm").write_bytes(film)
    (DOCS / "demo.png").write_bytes(still)


def main() -> int:
    with tempfile.TemporaryDirectory(prefix="dw-film-") as name:
        asyncio.run(record(Path(name)))
    print(DOCS / "demo.webm")  # noqa: T201
    return 0


if __name__ == "__main__":
    sys.exit(main())
