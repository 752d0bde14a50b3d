"""Somebody at the editor: in tabs of a browser, and over HTTP."""

import functools
from contextlib import AsyncExitStack
from typing import Any
from urllib.parse import urlsplit

import httpx
from playwright.async_api import Browser, BrowserContext, Locator, Page, expect

from tests import waiting
from tests.browser.pages import EFFECTS_RUN
from tests.system.cluster import NO_TLS

DEADLINE_S = 60.0  # of every wait: no claim of speed, the machine may be doing something else
until = functools.partial(waiting.until, within_s=DEADLINE_S)
expect.set_options(timeout=DEADLINE_S * 1000)

# What of the text is drawn, without the names of others.
TEXT = r"""() => {
  const root = document.querySelector('.code-host')?.shadowRoot;
  const lines = [...(root?.querySelectorAll('.cm-line') ?? [])].map((line) => {
    const copy = line.cloneNode(true);
    for (const caret of copy.querySelectorAll('.cm-dw-caret')) caret.remove();
    return copy.textContent.replaceAll('\u200b', '').replaceAll('\ufeff', '');
  });
  return lines.join('\n');
}"""


class Someone:
    """A user of the server over HTTP."""

    def __init__(self, address: str, token: str, workspace: str) -> None:
        self.base = f"{address}/v1/w/{workspace}"
        self.token = token

    async def ask(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        sent = {"authorization": f"Bearer {self.token}", **{k.replace("_", "-"): v for k, v in headers.items()}}
        async with httpx.AsyncClient(timeout=DEADLINE_S, verify=NO_TLS) as client:
            answer = await client.request(method, self.base + path, json=body, headers=sent)
        if answer.status_code >= 400 and "stale" not in answer.text:
            raise AssertionError(answer.text)
        return answer.json() if answer.content else None

    async def make(self, kind: str, path: str, value: dict[str, Any]) -> str:
        made: str = (await self.ask("POST", "/items", {"kind": kind, "path": path, "value": value}))["item"]
        return made

    async def save(self, item: str, value: dict[str, Any], purpose: str = "own") -> Any:
        """Save a whole draft as it is found now."""
        found = await self.ask("GET", f"/items/{item}/draft?purpose={purpose}")
        return await self.ask(
            "PUT", f"/items/{item}/draft?purpose={purpose}", {"value": value}, if_match=f'"{found["etag"]}"'
        )

    async def deploy(self, item: str, value: dict[str, Any], version: int) -> None:
        """Save the own draft and deploy it over ``version``."""
        saved = await self.save(item, value)
        body = {"etag": saved["etag"], "expected_version": version, "item": item}
        await self.ask("POST", f"/drafts/{saved['draft']}/deploy", body)

    async def deployed(self, item: str) -> Any:
        return (await self.ask("GET", f"/items/{item}?include=value"))["value"]


async def sign_in(address: str, user: str) -> Someone:
    async with httpx.AsyncClient(verify=NO_TLS) as client:
        answer = (await client.post(f"{address}/dev/tokens", json={"user": user})).json()
    return Someone(address, answer["token"], answer["workspace"])


class Tab:
    """A browser tab with the editor in it."""

    def __init__(self, page: Page, address: str) -> None:
        self.page = page
        self.address = address

    async def go(self, path: str) -> "Tab":
        await self.page.goto(self.address + path)
        return self

    @property
    def code(self) -> Locator:
        return self.page.locator(".code-host .cm-content").first

    async def text(self) -> str:
        return str(await self.page.evaluate(TEXT))

    async def effects_run(self) -> None:
        """Wait until what was drawn is also in force: an editor that takes another's place, keys, the focus."""
        await self.page.evaluate(EFFECTS_RUN)

    async def click_code(self, wanted: Locator | None = None) -> None:
        """Click into the code; the browser tells the editor of the caret a moment later, and keys wait for that."""
        await self.effects_run()
        await (wanted or self.code).click()
        await self.effects_run()

    async def line(self, number: int) -> None:
        """Put the caret at the beginning of a line."""
        await self.click_code()
        await self.page.keyboard.press("Control+Home")
        active = self.page.locator(".code-host").first.locator(".cm-activeLineGutter")
        for at in range(1, number + 1):  # a next key only when the last one is drawn, as a person would
            await expect(active).to_have_text(str(at))
            if at < number:
                await self.page.keyboard.press("ArrowDown")
        await self.page.keyboard.press("Home")

    async def marked_line(self) -> None:
        """Put the caret at the beginning of the line that the address names."""
        await self.click_code(self.page.locator(".cm-meant"))
        await self.page.keyboard.press("Home")

    async def type(self, text: str) -> None:
        await self.page.keyboard.type(text)

    async def says(self, text: str) -> Locator:
        """Wait until a text is shown."""
        found = self.page.get_by_text(text).first
        await found.wait_for(state="visible")
        return found

    def button(self, name: str) -> Locator:
        return self.page.get_by_role("button", name=name, exact=True)

    async def has(self, *texts: str) -> bool:
        """Whether all of these stand in the code."""
        shown = await self.text()
        return all(text in shown for text in texts)

    async def lacks(self, text: str) -> bool:
        return text not in await self.text()

    async def undo_until(self, key: str, text: str) -> None:
        """Press a key until a text stands there: what was typed slowly is several entries."""

        async def there() -> bool:
            if not await self.has(text):
                await self.page.keyboard.press(key)
            return await self.has(text)

        await until(there, f"{key} leads to {text!r}")

    async def gone(self, selector: str) -> bool:
        return await self.page.locator(selector).count() == 0

    async def tab_to(self, wanted: Locator) -> None:
        """Press Tab until the focus is where it is wanted; Escape before it leaves code."""
        for _ in range(60):
            if await self.page.evaluate("document.activeElement?.classList.contains('code-host')"):
                await self.page.keyboard.press("Escape")
            if await wanted.evaluate("element => element === document.activeElement"):
                return
            await self.page.keyboard.press("Tab")
        raise AssertionError("the keyboard does not lead there")

    async def badge_says(self, text: str) -> bool:
        return text in await self.badge()

    async def badge(self) -> str:
        return " ".join((await self.page.locator(".badge").inner_text()).split())

    async def saved(self) -> None:
        await self.page.locator('.status[data-status="saved"]').wait_for()


class Tabs:
    """Makes tabs of users, and sees that no page had an error or asked another server for anything."""

    def __init__(self, browser: Browser, address: str) -> None:
        self.browser = browser
        self.address = address
        self.problems: list[str] = []
        self.stack = AsyncExitStack()

    async def profile(self, **options: Any) -> BrowserContext:
        """A browser profile: its pages share what the browser keeps."""
        wide = {"viewport": {"width": 1440, "height": 900}, "permissions": ["clipboard-read", "clipboard-write"]}
        context: BrowserContext = await self.browser.new_context(**{**wide, **options})
        self.stack.push_async_callback(context.close)
        context.set_default_timeout(DEADLINE_S * 1000)
        return context

    async def open(self, user: str, path: str, **options: Any) -> Tab:
        return await self.open_in(await self.profile(**options), user, path)

    async def open_in(self, context: BrowserContext, user: str, path: str) -> Tab:
        page = await context.new_page()
        page.on("pageerror", lambda error: self.problems.append(str(error)))
        page.on("console", lambda said: self.problems.append(said.text) if "Content Security" in said.text else None)
        page.on("request", self._asked)
        await page.goto(f"{self.address}/dev/sign-in?user={user}")
        await page.get_by_role("navigation", name="Pages").wait_for()
        return await Tab(page, self.address).go(path)

    def _asked(self, request: Any) -> None:
        if urlsplit(request.url).netloc != urlsplit(self.address).netloc:
            self.problems.append(request.url)


def script(content: str, summary: str = "A script") -> dict[str, Any]:
    return {"summary": summary, "language": "python3", "content": content, "schema": {"type": "object"}}


LINES = "".join(f"line_{n} = {n}\n" for n in range(1, 9))


async def deployed_script(who: Someone, name: str, content: str = LINES) -> str:
    """A script that is deployed as version 1, with no draft."""
    item = await who.make("script", f"f/payments/{name}", script("pass\n"))
    await who.deploy(item, script(content), 0)
    return item
