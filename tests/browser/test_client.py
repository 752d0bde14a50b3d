"""The TypeScript client against a real server of another origin, in Chromium: handles, undo, the journal."""

from playwright.async_api import Browser, BrowserContext

from tests.browser.tab import KEPT, OTHER, THIRD, Network, Tab, committed, until
from tests.live.conftest import World


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
    await until(lambda: grace.run("() => !draft.get('/content').includes('by ada')"), "grace sees it undone")
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
    bystander = await committed(world, THIRD, "in flight, ")
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


CALLS = """async (path) => {
    const { api } = client;
    const made = await api.items.create({ kind: "script", path, value: { language: "python3", content: "a\\n" } });
    const listed = await api.items.list({ path });
    const own = await api.drafts.ofItem(made.item, { purpose: "own" });
    const value = { ...own.value, content: "b\\n" };
    const options = { ifMatch: own.etag, idempotencyKey: "one-key-of-mine-1", merge: false };
    const saved = await api.drafts.saveOfItem(made.item, { value }, { purpose: "own", ...options });
    const again = await api.drafts.saveOfItem(made.item, { value }, { purpose: "own", ...options });
    const refused = await api.drafts
        .save(saved.draft, { value: { ...value, content: "c\\n" } }, { ifMatch: own.etag, merge: false })
        .catch(({ code, status, detail }) => ({ code, status, mine: detail.mine.content }));
    const unknown = await api.items.get("no/such?item").catch(({ code, status }) => ({ code, status }));
    const signal = AbortSignal.abort(new Error("enough"));
    const ended = await api.items.list({ signal }).catch((error) => error.message);
    const many = await api.items.list({ kind: ["script", "flow"], behind: false, limit: 1 });
    const leaves = (group) => api.groups.withdraw(group, "me").catch(({ code }) => code);
    const dots = await Promise.all(["..", ".", ""].map(leaves));
    const nothing = await api.presence.leave(made.item, { session: client.session.id });
    return {
        listed: listed.items.map((each) => each.path), saved: [saved.etag === again.etag, saved.etag !== own.etag],
        refused, unknown, ended, many: many.items.length, nothing: nothing === undefined, dots,
        me: (await api.server.me()).username,
    };
}"""


async def test_every_route_is_a_typed_call_that_gives_values_and_problems(
    world: World, files: str, context: BrowserContext
) -> None:
    ada = await Tab(await context.new_page(), world, files).begin("ada")
    assert await ada.run(CALLS, "f/payments/by_calls") == {
        "listed": ["f/payments/by_calls"], "saved": [True, True],
        "refused": {"code": "stale", "status": 409, "mine": "c\n"}, "unknown": {"code": "not_found", "status": 404},
        "ended": "enough", "many": 1, "nothing": True, "dots": ["bad_message"] * 3, "me": "ada",
    }  # fmt: skip


WEIGH = """() => {
    const { put } = IDBObjectStore.prototype;
    window.written = [];
    IDBObjectStore.prototype.put = function (record) {
        written.push([this.name, JSON.stringify(record).length]);
        return put.call(this, record);
    };
}"""


async def test_a_whole_value_that_is_set_has_lf_in_its_texts_at_once_and_is_kept_so(
    world: World, files: str, context: BrowserContext
) -> None:
    ada = await Tab(await context.new_page(), world, files).begin("ada", OTHER)
    await ada.run("() => draft.edit([{ op: 'set', at: '/content', v: 'one\\r\\ntwo\\r' }])")
    assert await ada.text() == "one\ntwo\n"
    await ada.saved()
    assert await ada.run("() => draft.status") == "saved"
    await ada.page.close()


async def test_a_keystroke_in_a_large_document_writes_no_document_into_the_journal(
    world: World, files: str, context: BrowserContext, network: Network, browser: Browser
) -> None:
    """It is written once; what others write since is kept as ops on it, and all of it is given back."""
    ada = await Tab(await context.new_page(), world, files).begin("ada", OTHER)
    await until(lambda: ada.run("() => seen.includes('journal')"), "the journal is open")
    await ada.run("() => type('x'.repeat(99) + '\\n', 0)")
    await ada.run("() => draft.replaceText('/content', ('y'.repeat(99) + '\\n').repeat(2000))")
    await ada.saved()
    other = await browser.new_context()
    grace = await Tab(await other.new_page(), world, files).begin("grace", OTHER)
    await ada.run(WEIGH)
    network.state = "mute"
    for number in range(5):
        await ada.run("(text) => type(text)", f"unsent {number} ")
        await ada.run("() => client.keep()")
        await grace.run("(text) => type(text, draft.text('/content').length)", f"hers {number} ")
        await ada.reads(f"hers {number} ")
        await ada.run("() => client.keep()")
    written = await ada.run("() => written")
    assert [store for store, _ in written].count("bases") == 1
    assert max(size for store, size in written if store == "unsent") < 20_000 < 200_000
    await ada.page.close()
    await other.close()
    network.state = "up"
    again = await Tab(await context.new_page(), world, files).begin("ada", OTHER)
    given = await until(lambda: again.run("() => seen.find(({ type }) => type === 'givenBack') ?? null"), "given back")
    assert given["outcome"] == "saved"
    assert [text["at"] for text in given["texts"]] == ["/content"]
    assert "unsent 4 " in given["texts"][0]["mine"] and "hers 4 " in given["texts"][0]["base"]
    await again.reads("unsent 4 ")
    assert "hers 4 " in await again.text()
    assert await again.run(KEPT) == []


DISCARD = """async () => {
    const { etag } = await draft.request(`drafts/${draft.id}?item=${draft.item}`);
    const headers = { "content-type": "application/json" };
    await draft.request(`drafts/${draft.id}/discard`, { method: "POST", headers, body: JSON.stringify({ etag }) });
}"""


async def test_what_can_not_be_given_back_into_the_draft_is_in_the_stash(
    world: World, files: str, context: BrowserContext, network: Network
) -> None:
    ada = await Tab(await context.new_page(), world, files).begin("ada")
    await until(lambda: ada.run("() => seen.includes('journal')"), "the journal is open")
    await ada.run("() => type('so that there is a draft ')")
    await ada.saved()
    await network.down()
    await ada.run("() => type('nobody has seen this ')")
    assert len(await ada.run(KEPT)) == 1
    await ada.page.close()
    network.state = "up"
    grace = await Tab(await context.new_page(), world, files).begin("grace")
    await grace.run(DISCARD)
    again = await Tab(await context.new_page(), world, files).begin("ada")
    given = await until(lambda: again.run("() => seen.find(({ type }) => type === 'givenBack') ?? null"), "given back")
    assert given["outcome"] == "stashed"
    assert [text["at"] for text in given["texts"]] == ["/content"]
    assert given["texts"][0]["mine"].startswith("nobody has seen this ")
    entries = await again.run("() => draft.request(`stash?item=${draft.item}`)")
    # What came back unsent, and what Grace's discard took of Ada's.
    assert sorted(entry["reason"] for entry in entries["entries"]) == ["discarded", "overridden"]
    assert "nobody has seen this " not in await again.text()
    assert await again.run(KEPT) == []


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
    await first.reads("of the second tab ")
    text = await first.text()
    assert (text.count("of the first tab "), text.count("of the second tab ")) == (1, 1)
    assert await second.run("() => seen") == ["journal"]


WORKER = """async ([module, url, token, item]) => {
    const source = `
        import { Client } from "${module}";
        const client = new Client({ url: "${url}", token: () => "${token}" });
        client.on((event) => { if (event.type === "journal") postMessage(["journal", event.on]); });
        client.connect();
        const draft = await client.draft({ item: "${item}", purpose: "shared" });
        draft.edit([{ op: "text", at: "/content", s: [[0, 0, "from a worker "]] }]);
        await draft.saved();
        postMessage(["saved", typeof document]);
    `;
    const address = URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
    const worker = new Worker(address, { type: "module" });
    const said = {};
    await new Promise((done, fail) => {
        worker.onerror = (event) => fail(new Error(event.message));
        worker.onmessage = ({ data: [what, value] }) => {
            said[what] = value;
            if (Object.keys(said).length === 2) done();
        };
    });
    worker.terminate();
    return said;
}"""


async def test_a_worker_has_it_all_without_a_document(world: World, files: str, context: BrowserContext) -> None:
    ada = await Tab(await context.new_page(), world, files).begin("ada", THIRD)
    module, url, token = f"{files}/protocol/js/dist/draftwire.js", world.server.url, world.server.token("grace")
    said = await ada.run(WORKER, [module, url, token, world.items[THIRD]])
    assert said == {"journal": True, "saved": "undefined"}
    await ada.reads("from a worker ")


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
