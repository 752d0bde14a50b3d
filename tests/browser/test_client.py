"""The TypeScript client against a real server of another origin, in Chromium: handles, undo, the journal."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from playwright.async_api import Browser, BrowserContext, Page, WebSocketRoute

from draftwire_server.cli.embedded import Embedded
from tests.live.conftest import World, seeded
from tests.system.cluster import cluster
from tests.waiting import until

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


@pytest.fixture(scope="module")
async def world(module_database_url: str, services: Embedded, files: str) -> AsyncIterator[World]:
    """A server that lets in pages of the file server's origin."""
    items, workspace = await seeded(module_database_url)
    allowed = {"DRAFTWIRE_ALLOWED_ORIGINS": files}
    async with cluster(module_database_url, services.redis_url, workers=1, environ=allowed) as server:
        yield World(server, services, module_database_url, items, workspace)


class Network:
    """The way of a browser context's sockets to the server: up, deaf (answers are lost) or down."""

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
        server.on_message(lambda message: page.send(message) if self.state == "up" else None)


class Tab:
    """A page with a client and a handle on the shared draft of a script."""

    def __init__(self, page: Page, world: World, files: str) -> None:
        self.page = page
        self.world = world
        self.files = files

    async def begin(self, user: str, path: str = SCRIPT) -> "Tab":
        await self.page.goto(f"{self.files}/tests/browser/empty.html")
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


@pytest.fixture
async def network(context: BrowserContext) -> Network:
    found = Network()
    await found.attach(context)
    return found


@pytest.fixture
async def context(browser: Browser) -> AsyncIterator[BrowserContext]:
    """A browser profile whose pages' errors fail the test."""
    context = await browser.new_context()
    errors: list[str] = []
    context.on("weberror", lambda error: errors.append(str(error.error)))
    yield context
    await context.close()
    assert errors == []


async def test_two_hundred_keystrokes_without_a_network_are_all_there(
    world: World, files: str, context: BrowserContext, network: Network
) -> None:
    ada = await Tab(await context.new_page(), world, files).begin("ada")
    grace_context = context  # another user in the same browser: her journal is her own
    await network.down()
    await until(lambda: ada.run("() => draft.status === 'offline'"), "the loss is told")
    await ada.run("() => { for (let i = 0; i < 200; i++) type(String.fromCharCode(97 + (i % 26)), i); }")
    assert await ada.run("() => [draft.status, draft.sentence]") == [
        "local",
        "Not connected. Your changes are kept here and saved when the connection is back.",
    ]
    network.state = "up"
    await ada.saved()
    grace = await Tab(await grace_context.new_page(), world, files).begin("grace")
    assert (await grace.text()).startswith(("abcdefghijklmnopqrstuvwxyz" * 8)[:200])
    assert await ada.run(KEPT) == []


async def test_undo_takes_back_ones_own_edits_only(world: World, files: str, context: BrowserContext) -> None:
    ada = await Tab(await context.new_page(), world, files).begin("ada", OTHER)
    grace = await Tab(await context.new_page(), world, files).begin("grace", OTHER)
    await ada.run("() => type('// by ada\\n')")
    await grace.reads("// by ada")
    await grace.run("() => type('// by grace\\n', 3)")
    await ada.reads("// by grace")
    await ada.saved()
    before = await ada.text()
    assert await ada.run("() => [draft.canUndo, draft.undo(), draft.canUndo, draft.canRedo]") == [
        True,
        True,
        False,
        True,
    ]
    await ada.saved()
    assert (await ada.text()).startswith("// by grace\n")
    assert "by ada" not in await ada.text()
    await ada.run("() => draft.redo()")
    assert await ada.text() == before
    await grace.reads("by ada")


async def test_a_page_that_dies_with_unsent_edits_is_given_back(
    world: World, files: str, context: BrowserContext, network: Network
) -> None:
    ada = await Tab(await context.new_page(), world, files).begin("ada", THIRD)
    await until(lambda: ada.run("() => seen.includes('journal')"), "the journal is open")
    network.state = "deaf"
    await ada.run("() => type('in flight, ')")
    bystander = await _committed(world, THIRD, "in flight, ")
    assert bystander.count("in flight, ") == 1
    await ada.run("() => type('behind it, ')")
    session = await ada.run("() => client.session.id")
    assert await ada.run(KEPT) == [session]
    await ada.page.close()
    network.state = "up"
    again = await Tab(await context.new_page(), world, files).begin("ada", THIRD)
    given = await until(
        lambda: again.run("() => seen.find((event) => event.type === 'givenBack') ?? null"), "given back"
    )
    assert given["outcome"] == "saved"
    await again.reads("behind it, ")
    text = await again.text()
    assert (text.count("in flight, "), text.count("behind it, ")) == (1, 1)
    assert await again.run(KEPT) == []
    assert await again.run("() => client.session.id") != session


async def test_a_duplicated_tab_is_another_writer_and_leaves_the_first_ones_edits_alone(
    world: World, files: str, context: BrowserContext, network: Network
) -> None:
    first = await Tab(await context.new_page(), world, files).begin("ada", OTHER)
    await until(lambda: first.run("() => seen.includes('journal')"), "the journal is open")
    network.state = "deaf"
    await first.run("() => type('of the first tab ')")
    session = await first.run("() => client.session.id")
    assert await first.run(KEPT) == [session]
    network.state = "up"
    second = await Tab(await context.new_page(), world, files).begin("ada", OTHER)
    await until(lambda: second.run("() => seen.includes('journal')"), "the journal is open")
    await second.run("() => type('of the second tab ')")
    await second.saved()
    assert await second.run("() => client.session.id") != session
    await network.down()
    network.state = "up"
    await first.saved()
    text = await first.text()
    assert (text.count("of the first tab "), text.count("of the second tab ")) == (1, 1)
    assert await second.run("() => seen") == ["journal"]


async def test_signing_out_forgets_what_is_unsent(
    world: World, files: str, context: BrowserContext, network: Network
) -> None:
    ada = await Tab(await context.new_page(), world, files).begin("ada")
    await until(lambda: ada.run("() => seen.includes('journal')"), "the journal is open")
    await network.down()
    await ada.run("() => type('nobody keeps this ')")
    assert len(await ada.run(KEPT)) == 1
    await ada.run("() => client.signOut()")
    assert await ada.run(KEPT) == []


async def _committed(world: World, path: str, text: str) -> str:
    """Wait until a text is in the shared draft, as somebody else reads it; give the draft's text."""
    async with world.connect("grace") as grace:
        draft = await grace.open(item=world.items[path], purpose="shared")

        async def there() -> str:
            value = str(draft.value["content"])
            return value if text in value else ""

        return await until(there, "the server has committed it")
