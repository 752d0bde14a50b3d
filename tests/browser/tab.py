"""Browser tabs with a client of a real server that is of another origin, and the network between them."""

import functools
from typing import Any

from playwright.async_api import BrowserContext, Page, WebSocketRoute

from tests import waiting
from tests.browser.pages import DEADLINE_S
from tests.live.conftest import World

until = functools.partial(waiting.until, within_s=DEADLINE_S)

SCRIPT = "f/payments/refund_charge"
OTHER = "f/payments/verify_webhook"
THIRD = "f/growth/weekly_digest"

BEGIN = """async ([module, url, token, item]) => {
    const draftwire = await import(module);
    const client = new draftwire.Client({ url, token: () => token });
    const seen = (window.seen = []);
    client.on((event) => {
        if (event.type === "journal") seen.push(event.on ? "journal" : event.why);
        if (event.type === "givenBack") seen.push(event);
    });
    client.connect();
    const draft = await client.draft({ item, purpose: "shared" });
    Object.assign(window, { draftwire, client, draft });
    window.type = (text, position = 0) => draft.edit([{ op: "text", at: "/content", s: [[position, 0, text]] }]);
}"""
KEPT = """async () => {
    await client.keep();
    const asked = indexedDB.open("draftwire");
    await new Promise((done) => (asked.onsuccess = done));
    const all = asked.result.transaction("unsent").objectStore("unsent").getAll();
    await new Promise((done) => (all.onsuccess = done));
    return all.result.map(({ session }) => session);
}"""


class Network:
    """The way of a browser context's sockets to the server: up, deaf (answers are lost), mute (what is sent is lost) or
    down."""

    def __init__(self) -> None:
        self.state = "up"
        self._sockets: list[tuple[WebSocketRoute, WebSocketRoute]] = []

    async def attach(self, context: BrowserContext) -> None:
        await context.route_web_socket("**/v1/ws", self._route)

    async def down(self) -> None:
        self.state = "down"
        for page, server in self._sockets:
            await page.close(code=3000)
            await server.close()
        self._sockets.clear()

    async def _route(self, page: WebSocketRoute) -> None:
        if self.state == "down":
            await page.close(code=3000)
            return
        server = page.connect_to_server()
        self._sockets.append((page, server))
        server.on_message(lambda message: page.send(message) if self.state in ("up", "mute") else None)
        page.on_message(lambda message: server.send(message) if self.state != "mute" else None)


class Tab:
    """A page with a client and a handle on the shared draft of a script."""

    def __init__(self, page: Page, world: World, files: str) -> None:
        self.page = page
        self.world = world
        self.files = files

    async def begin(self, user: str, path: str = SCRIPT) -> "Tab":
        await self.page.goto(f"{self.files}/tests/browser/bindings.html")
        module = f"{self.files}/protocol/js/dist/draftwire.js"
        token = self.world.server.token(user)
        await self.page.evaluate(BEGIN, [module, self.world.server.url, token, self.world.items[path]])
        return self

    async def run(self, script: str, argument: Any = None) -> Any:
        return await self.page.evaluate(script, argument)

    async def text(self) -> str:
        return str(await self.run("() => draft.get('/content')"))

    async def reads(self, text: str) -> None:
        async def there() -> bool:
            return text in await self.text()

        await until(there, f"{text!r} is shown")

    async def saved(self) -> None:
        await self.run("() => draft.saved()")


async def committed(world: World, path: str, text: str) -> str:
    """Wait until a text is in the shared draft, as somebody else reads it; give the draft's text."""
    async with world.connect("grace") as grace:
        draft = await grace.open(item=world.items[path], purpose="shared")

        async def there() -> str:
            value = str(draft.value["content"])
            return value if text in value else ""

        return await until(there, "the server has committed it")
