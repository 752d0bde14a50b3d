"""The bindings of editors, React, the elements and autosave on real drafts, in Chromium, under a strict policy."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import BrowserContext, Page

from tests.browser.pages import findings_light_and_dark
from tests.browser.tab import OTHER, SCRIPT, THIRD, Tab, until
from tests.live.conftest import World

README = Path(__file__).resolve().parents[2] / "protocol" / "js" / "README.md"
LINES = "\n".join(f"line {i}" for i in range(200)) + "\n"


async def _tab(context: BrowserContext, world: World, files: str, user: str, path: str) -> Tab:
    tab = await Tab(await context.new_page(), world, files).begin(user, path)
    await tab.run("async (root) => { window.bindings = await import(`${root}/tests/browser/bindings.js`); }", files)
    return tab


async def _equal(*tabs: Tab) -> str:
    async def equal() -> str:
        texts = [str(await tab.run("() => editor.text()")) for tab in tabs]
        texts += [await tab.text() for tab in tabs]
        return texts[0] if len(set(texts)) == 1 else ""

    return await until(equal, "all editors and drafts show one text")


async def _settled(tab: Tab, *others: Tab) -> str:
    for one in (tab, *others):
        await one.saved()
    return await _equal(tab, *others)


async def _turned(tab: Tab, key: str, text: str) -> int:
    """Press a key until a text is shown: how many entries typing made depends on how quick the machine was."""
    for pressed in range(12):
        if text in str(await tab.run("() => editor.text()")):
            return pressed
        await tab.page.keyboard.press(key)
    raise AssertionError(f"{key} never leads there")


async def test_a_textarea_keeps_caret_selection_and_scroll_while_others_type_above(
    world: World, files: str, context: BrowserContext
) -> None:
    ada = await _tab(context, world, files, "ada", SCRIPT)
    grace = await _tab(context, world, files, "grace", SCRIPT)
    await ada.run("(text) => draft.replaceText('/content', text)", LINES)
    await grace.reads("line 199")
    for tab in (ada, grace):
        await tab.run("() => { window.editor = bindings.textarea(draft, '/content'); }")
    await ada.page.locator("textarea").focus()
    place = LINES.index("line 100")
    await ada.run("(at) => { editor.area.setSelectionRange(at, at + 8); editor.area.scrollTop = 1200; }", place)
    top = await ada.run("() => editor.area.scrollTop - editor.area.scrollHeight")
    await grace.page.locator("textarea").focus()
    await grace.run("() => editor.area.setSelectionRange(0, 0)")
    await grace.page.keyboard.type("above\nand more\n")
    await _settled(grace, ada)
    selected = "() => editor.area.value.slice(editor.area.selectionStart, editor.area.selectionEnd)"
    assert await ada.run(selected) == "line 100"
    assert await ada.run("() => editor.area.scrollTop - editor.area.scrollHeight") == top, "the same lines are in sight"
    await ada.page.bring_to_front()
    await ada.page.keyboard.type("mine")
    text = await _settled(ada, grace)
    assert text.startswith("above\nand more\nline 0\n") and "line 99\nmine\nline 101" in text
    await _turned(ada, "Control+z", "above\nand more\n" + LINES)
    await _settled(ada, grace)
    await ada.run(
        """() => {
            const { area } = editor;
            area.dispatchEvent(new CompositionEvent("compositionstart"));
            area.setRangeText("か", area.value.length, area.value.length, "end");
            area.dispatchEvent(new InputEvent("input"));
        }"""
    )
    await grace.run("() => type('while ada composes ')")
    await ada.reads("while ada composes ")
    assert "while ada composes " not in await ada.run("() => editor.text()")
    await ada.run("() => editor.area.dispatchEvent(new CompositionEvent('compositionend'))")
    text = await _settled(ada, grace)
    assert text.startswith("while ada composes above\n") and text.endswith("\nか")
    assert await ada.run("() => editor.area.selectionEnd === editor.area.value.length"), (
        "the caret is behind what she typed"
    )


async def test_an_editor_says_where_it_opened_only_of_who_is_said_to_be_there(
    world: World, files: str, context: BrowserContext
) -> None:
    tab = await _tab(context, world, files, "ada", OTHER)
    open_quietly = """async ([url, token, item]) => {
        const client = new draftwire.Client({ url, token: () => token });
        client.connect();
        window.quiet = await client.draft({ item, purpose: "shared", present: false });
    }"""
    await tab.run(open_quietly, [world.server.url, world.server.token("grace"), world.items[OTHER]])
    for name, carried in (("draft", False), ("quiet", True)):
        spied = f"""async () => {{
            const told = (window.told = []);
            const {{ focus }} = {name};
            {name}.focus = (where) => (told.push(where), focus.call({name}, where));
            await bindings.codemirror({name}, "/content");
        }}"""
        await tab.run(spied)
        await until(lambda: tab.run("() => told.length > 0"), "it told which lines are in sight")
        assert await tab.run("() => told[0].carried") is carried
        assert await tab.run(f"() => {name}.present") is not carried


async def test_codemirror_keeps_caret_and_scroll_shows_names_and_undoes_ones_own(
    world: World, files: str, context: BrowserContext
) -> None:
    ada = await _tab(context, world, files, "ada", OTHER)
    grace = await _tab(context, world, files, "grace", OTHER)
    await ada.run("(text) => draft.replaceText('/content', text)", LINES)
    await grace.reads("line 199")
    for tab in (ada, grace):
        await tab.run("async () => { window.editor = await bindings.codemirror(draft, '/content'); }")
    place = LINES.index("line 100")
    await ada.page.bring_to_front()
    await ada.run(
        """(at) => {
            editor.view.focus();
            editor.view.dispatch({ selection: { anchor: at, head: at + 8 }, scrollIntoView: true });
        }""",
        place,
    )
    shown = """() => {
        const { view } = editor;
        const { from } = view.state.selection.main;
        return Math.round(view.coordsAtPos(from).top);
    }"""
    await until(lambda: ada.run("() => editor.view.scrollDOM.scrollTop > 500"), "it has scrolled")
    before = await ada.run(shown)
    await grace.page.bring_to_front()
    await grace.run("() => { editor.view.focus(); editor.view.dispatch({ selection: { anchor: 0 } }); }")
    await grace.page.keyboard.type("above\nand more\n")
    await _settled(grace, ada)
    await ada.page.bring_to_front()
    selected = """() => {
        const { from, to } = editor.view.state.selection.main;
        return editor.view.state.sliceDoc(from, to);
    }"""
    assert await ada.run(selected) == "line 100"
    await until(lambda: _is(ada, shown, before), "the caret's line stands where it stood")
    top = "() => editor.view.scrollDOM.scrollTop"
    names = "() => [...editor.host.shadowRoot.querySelectorAll('.cm-dw-name')].map((name) => name.textContent)"
    await grace.run("(top) => { editor.view.scrollDOM.scrollTop = top; }", await ada.run(top))
    await until(lambda: _is(grace, names, ["Ada Lovelace"]), "Ada's name stands at her selection")
    below = "() => editor.host.shadowRoot.querySelectorAll('.cm-dw-below').length"
    assert await grace.run(below) == 0, "above her caret, where that can be seen"
    scroll_to = """() => {
        const { view } = editor;
        view.scrollDOM.scrollTop = view.lineBlockAt(draft.carets[0].head).top + view.documentPadding.top - 2;
    }"""
    await grace.run(scroll_to)
    await until(lambda: _is(grace, below, 1), "below it where it is in the topmost line")
    await grace.run("(top) => { editor.view.scrollDOM.scrollTop = top; }", await ada.run(top))
    await until(lambda: _is(grace, below, 0), "above again")
    await ada.page.keyboard.type("mine")
    await ada.run(
        """() => editor.view.dispatch({
            selection: { anchor: 0 },
            changes: [{ from: 0, insert: "x" }, { from: 10, to: 12, insert: "y" }],
        })"""
    )
    await _settled(ada, grace)
    done = await _turned(ada, "Control+z", "above\nand more\n" + LINES)
    await _settled(ada, grace)
    assert await _turned(ada, "Control+y", "line 99\nmine\nline 101") <= done


async def _is(tab: Tab, script: str, expected: Any) -> bool:
    return bool(await tab.run(script) == expected)


async def test_monaco_keeps_caret_and_scroll_shows_names_and_undoes_ones_own(
    world: World, files: str, context: BrowserContext
) -> None:
    """With several cursors, and a model whose lines end in CRLF."""
    ada = await _tab(context, world, files, "ada", THIRD)
    grace = await _tab(context, world, files, "grace", THIRD)
    await ada.run("(text) => draft.replaceText('/content', text)", LINES)
    await grace.reads("line 199")
    for tab, eol in ((ada, "\r\n"), (grace, "\n")):
        await tab.run("async (eol) => { window.editor = await bindings.monaco(draft, '/content', eol); }", eol)
    assert await ada.run("() => editor.raw().includes('line 1\\r\\nline 2')")
    await ada.page.bring_to_front()
    await ada.run(
        """() => {
            editor.view.focus();
            editor.view.setSelection({ startLineNumber: 101, startColumn: 1, endLineNumber: 101, endColumn: 9 });
            editor.view.revealLineInCenter(101);
        }"""
    )
    top = "() => editor.view.getScrolledVisiblePosition(editor.view.getSelection().getStartPosition()).top"
    await until(lambda: ada.run("() => editor.view.getScrollTop() > 500"), "it has scrolled")
    await grace.page.bring_to_front()
    await grace.run("() => { editor.view.focus(); editor.view.setPosition({ lineNumber: 1, column: 1 }); }")
    await grace.page.keyboard.type("above\nand more\n")
    text = await _settled(grace, ada)
    assert text.startswith("above\nand more\nline 0")
    await ada.page.bring_to_front()
    selected = "() => editor.model.getValueInRange(editor.view.getSelection())"
    assert await ada.run(selected) == "line 100"
    assert 0 <= await ada.run(top) < 200, "the selection is still in sight"
    await ada.page.keyboard.type("mine")
    await ada.run(
        """() => {
            const at = (line) => ({ selectionStartLineNumber: line, selectionStartColumn: 1, positionLineNumber: line, positionColumn: 1 });
            editor.view.setSelections([at(1), at(3)]);
        }"""  # noqa: E501
    )
    await ada.page.keyboard.type("x")
    text = await _settled(ada, grace)
    assert text.startswith("xabove\nand more\nxline 0\n") and "line 99\nmine\nline 101" in text
    names = """() => [...editor.host.querySelectorAll('.dw-monaco-name')]
        .map((name) => name.textContent.replaceAll('\u00a0', ' '))"""
    await ada.run("() => editor.view.setPosition({ lineNumber: 2, column: 3 })")
    await grace.page.bring_to_front()
    await grace.run("() => editor.view.revealLine(1)")
    await until(lambda: _is(grace, names, ["Ada Lovelace"]), "Ada's name stands at her caret")
    await ada.page.bring_to_front()
    await _turned(ada, "Control+z", "above\nand more\n" + LINES)
    await _settled(ada, grace)
    await _turned(ada, "Control+y", "line 99\nmine\nline 101")
    await _settled(ada, grace)
    assert await ada.run("() => editor.raw().includes('and more\\r\\n')")


async def test_a_component_reads_what_it_reads_and_renders_for_nothing_else(
    world: World, files: str, context: BrowserContext
) -> None:
    ada = await _tab(context, world, files, "ada", THIRD)
    await ada.run(
        """async (item) => {
            window.view = await bindings.react(client, { item, purpose: "shared" }, "/summary");
        }""",
        world.items[THIRD],
    )
    summary = await ada.run("() => draft.get('/summary')")
    await until(lambda: _is(ada, "() => view.text()", f"saved: {summary}"), "it is shown")
    renders = await ada.run("() => view.renders()")
    assert await ada.run("() => { const store = draft.store(''); return store.get() === store.get(); }")
    await ada.run("() => draft.edit([{ op: 'set', at: '/summary', v: 'Other' }])")
    await until(lambda: _is(ada, "() => view.text()", "saved: Other"), "the change is shown")
    assert await ada.run("() => view.renders()") > renders
    await ada.run("() => view.end()")
    assert await ada.run("() => draft.status") == "saved", "the handle of somebody else is still open"


async def test_the_elements_tell_what_is_and_are_keyed_and_read(
    world: World, files: str, context: BrowserContext
) -> None:
    ada = await _tab(context, world, files, "ada", THIRD)
    grace = await _tab(context, world, files, "grace", THIRD)
    await grace.run("() => draft.focus({ at: '/content', anchor: 0 })")
    problems: list[str] = []
    ada.page.on("console", lambda said: problems.append(said.text) if "Content Security" in said.text else None)
    await ada.run(
        """async (root) => {
            await import(`${root}/protocol/js/dist/elements.js`);
            for (const name of ["status", "presence", "alerts", "diff", "history"]) {
                const element = document.createElement(`dw-${name}`);
                element.draft = draft;
                document.body.append(element);
            }
            document.querySelector("dw-status").strings = { saved: "Gesichert." };
            document.addEventListener("dw-state", (event) => (window.chosen = event.detail.etag));
        }""",
        files,
    )
    page = ada.page
    await page.locator("dw-status").get_by_text("Gesichert.").first.wait_for()
    await page.get_by_role("button", name="Grace Hopper is editing").wait_for()
    await ada.run("() => type('const added = 1;\\n')")
    await ada.saved()
    await ada.run("() => document.querySelector('dw-diff').load()")
    await page.locator("dw-diff .line.added").first.wait_for()
    entry = page.locator("dw-history button").first
    await entry.wait_for()
    await entry.focus()
    await page.keyboard.press("Enter")
    assert re.fullmatch(r"g\d+\.s\d+\..+", await ada.run("() => window.chosen"))
    clash = "([text]) => draft.edit([{ op: 'set', at: '/summary', v: text }])"
    await ada.run("() => client.close()")
    await ada.run(clash, ["Ada's"])
    await grace.run(clash, ["Grace's"])
    await grace.saved()
    await ada.run("() => client.connect()")
    await page.get_by_role("button", name="Take theirs").click()
    await until(lambda: _is(ada, "() => draft.get('/summary')", "Grace's"), "the choice is done")
    await until(lambda: _gone(page), "the alert is over")
    assert problems == []


async def _gone(page: Page) -> bool:
    return await page.locator("dw-alerts section").count() == 0


async def _composes(tab: Tab, *texts: str) -> None:
    """The input method shows these texts, one after the other, where the caret is."""
    keys = await tab.page.context.new_cdp_session(tab.page)
    for text in texts:
        await keys.send(
            "Input.imeSetComposition", {"text": text, "selectionStart": len(text), "selectionEnd": len(text)}
        )
    await keys.detach()


async def _commits(tab: Tab, text: str) -> None:
    keys = await tab.page.context.new_cdp_session(tab.page)
    await keys.send("Input.insertText", {"text": text})
    await keys.detach()


COMPOSERS = {
    "codemirror": "editor.view.focus(); editor.view.dispatch({ selection: { anchor: 4 } });",
    "monaco": "editor.view.focus(); editor.view.setPosition({ lineNumber: 1, column: 5 });",
    "textarea": "editor.area.focus(); editor.area.setSelectionRange(4, 4);",
}


@pytest.mark.parametrize("kind", COMPOSERS)
async def test_a_composition_is_not_disturbed_by_what_others_type_before_it_on_its_line(
    world: World, files: str, context: BrowserContext, kind: str
) -> None:
    ada = await _tab(context, world, files, "ada", THIRD)
    grace = await _tab(context, world, files, "grace", THIRD)
    await ada.run("() => draft.replaceText('/content', 'hoge\\r\\nnext\\r')")
    await grace.reads("hoge")
    await ada.run(f"async () => {{ window.editor = await bindings.{kind}(draft, '/content'); }}")
    await grace.run("() => { window.editor = bindings.textarea(draft, '/content'); }")
    await ada.page.bring_to_front()
    await ada.run(f"() => {{ {COMPOSERS[kind]} }}")
    await _composes(ada, "k", "か", "かn")
    await grace.run("() => draft.edit([{ op: 'text', at: '/content', s: [[4, 0, '__']] }])")
    await until(lambda: _is(ada, "() => draft.get('/content').startsWith('hoge__')", True), "it is in the draft")
    await grace.run("() => draft.edit([{ op: 'text', at: '/content', s: [[0, 2, 'Ho']] }])")
    await until(lambda: _is(ada, "() => draft.get('/content').startsWith('Hoge__')", True), "so is another")
    await _composes(ada, "かん", "感")
    assert "か" not in str(await grace.run("() => draft.get('/content')")), "what is composed waits for its end"
    await _commits(ada, "漢")
    await until(lambda: _is(grace, "() => draft.get('/content')", "Hoge__漢\nnext\n"), "nothing strays")
    assert await _settled(ada, grace) == "Hoge__漢\nnext\n"
    await ada.page.keyboard.type("!")
    assert (await _settled(ada, grace)).startswith("Hoge__漢!\n")
    await _composes(ada, "か")
    await _commits(ada, "か")
    await _composes(ada, "な")
    await _commits(ada, "な")
    assert (await _settled(ada, grace)).startswith("Hoge__漢!かな\n")


SENTENCES = {
    "not_text": "This is no text any more: somebody has put something else in its place.",
    "no_such_place": "This was removed.",
}
LAST_GONE = "() => editor.gone.at(-1)"


@pytest.mark.parametrize("kind", COMPOSERS)
async def test_a_leaf_that_is_no_text_any_more_is_said_and_comes_back_to_life(
    world: World, files: str, context: BrowserContext, kind: str
) -> None:
    ada = await _tab(context, world, files, "ada", SCRIPT)
    grace = await _tab(context, world, files, "grace", SCRIPT)
    await ada.run("() => draft.replaceText('/content', 'hoge\\n')")
    await grace.reads("hoge")
    await ada.run(
        f"""async () => {{
            window.editor = await bindings.{kind}(draft, '/content');
            window.component = await bindings.leaf(draft, '/content');
        }}"""
    )
    await ada.page.bring_to_front()
    becomes = {
        "not_text": "{ op: 'set', at: '/content', v: 42 }",
        "no_such_place": "{ op: 'remove', at: '/content' }",
    }
    for code, op in becomes.items():
        await ada.run(f"() => {{ {COMPOSERS[kind]} }}")
        await grace.run(f"() => draft.edit([{op}])")
        gone = {"at": "/content", "code": code, "own": False, "text": "hoge\n"}
        await until(lambda gone=gone: _is(ada, LAST_GONE, gone), "it is told, with the text")
        await until(lambda code=code: _says(ada, SENTENCES[code]), "and said")
        await ada.page.keyboard.type("typed")
        assert (await ada.run("() => editor.text()")).strip() == "hoge", "nothing can be typed that nobody would get"
        leaf = {"text": None, "gone": code, "typable": False}
        await until(lambda leaf=leaf: _is(ada, "() => component.read()", leaf), "a component knows it")
        await grace.run("() => draft.edit([{ op: 'set', at: '/content', v: 'hoge\\n' }])")
        await until(lambda: _is(ada, LAST_GONE, None), "it is a text again")
        await until(lambda: _is(ada, "() => editor.reason()", ""), "nothing is said of it")
        await ada.run(f"() => {{ {COMPOSERS[kind]} }}")
        await ada.page.keyboard.type("!")
        await until(lambda: _is(grace, "() => draft.get('/content')", "hoge!\n"), "it takes what is typed")
        await until(
            lambda: _is(ada, "() => component.read()", {"text": "hoge!\n", "gone": None, "typable": True}), "so"
        )
        await ada.run("() => draft.replaceText('/content', 'hoge\\n')")
        await grace.reads("hoge\n")
    await ada.run(f"() => {{ {COMPOSERS[kind]} }}")
    await _composes(ada, "か", "かん")
    await grace.run(f"() => draft.edit([{becomes['not_text']}])")
    await until(lambda: _is(ada, "() => draft.get('/content')", 42), "it is no text")
    await _commits(ada, "漢")
    await until(lambda: _is(ada, "() => editor.gone.at(-1)?.text", "hoge漢\n"), "what was composed is given back")
    await until(lambda: _says(ada, SENTENCES["not_text"]), "and it is said why")
    await grace.run("() => draft.edit([{ op: 'set', at: '/content', v: 'again\\n' }])")
    await until(lambda: _is(ada, "() => editor.text()", "again\n"), "it follows again")
    assert await ada.run("() => draft.status") == "saved"


async def _says(tab: Tab, sentence: str) -> bool:
    return bool(await tab.run("() => editor.reason()") == f"{sentence} What is shown here can still be copied.")


AUTOSAVE = """async ([root, item]) => {
    const { Autosave } = await import(`${root}/protocol/js/dist/autosave.js`);
    const workspace = client.session.welcome.workspace;
    const at = `/v1/w/${workspace}/items/${item}/draft?purpose=shared`;
    const opened = await (await client.request(at)).json();
    window.form = opened.value;
    window.sent = [];
    const request = (path, init) => { sent.push(init.method); return client.request(path, init); };
    window.autosave = new Autosave({ request, path: at, etag: opened.etag, value: () => form, debounceMs: 50 });
}"""


async def test_autosave_saves_whole_documents_and_a_conflict_is_no_dead_end(
    world: World, files: str, context: BrowserContext
) -> None:
    ada = await _tab(context, world, files, "ada", OTHER)
    item = world.items[OTHER]
    await ada.run(AUTOSAVE, [files, item])
    await ada.run("() => { for (const word of ['a', 'b', 'c']) { form.summary = word; autosave.touch(); } }")
    state = "() => autosave.state"
    await until(lambda: _is(ada, state, "saved"), "it is saved")
    assert await ada.run("() => sent") == ["PUT"]
    await until(lambda: _is(ada, "() => draft.get('/summary')", "c"), "the live copy has it")
    grace = await _tab(context, world, files, "grace", OTHER)
    await grace.run("() => draft.edit([{ op: 'set', at: '/summary', v: 'of grace' }])")
    await grace.saved()
    await ada.run("() => { form.summary = 'of ada'; autosave.touch(); }")
    await until(lambda: _is(ada, state, "conflict"), "the conflict is told")
    assert await ada.run("() => [autosave.conflict.detail.mine.summary, autosave.conflict.detail.theirs.summary]") == [
        "of ada",
        "of grace",
    ]
    await ada.run("() => autosave.keepMine()")
    assert await ada.run(state) == "saved"
    await until(lambda: _is(grace, "() => draft.get('/summary')", "of ada"), "the choice is saved")
    await ada.run("() => { autosave.on = false; form.summary = 'later'; autosave.touch(); }")
    assert await ada.run(state) == "off"
    await ada.run("() => { autosave.on = true; }")
    await until(lambda: _is(ada, state, "saved"), "what waited is saved")
    await until(lambda: _is(grace, "() => draft.get('/summary')", "later"), "it has come")


FORM = """async ([root, item, shows]) => {
    const { Autosave } = await import(`${root}/protocol/js/dist/autosave.js`);
    const at = `/v1/w/${client.session.welcome.workspace}/items/${item}/draft?purpose=shared`;
    const opened = await (await client.request(at)).json();
    window.fields = {};
    for (const name of ["summary", "content"]) {
        const field = (fields[name] = document.createElement("textarea"));
        field.className = name;
        document.body.append(field);
        field.addEventListener("input", () => autosave.touch());
    }
    window.show = (value) => { for (const name in fields) fields[name].value = value[name]; };
    show(opened.value);
    const value = () => ({ ...opened.value, summary: fields.summary.value, content: fields.content.value });
    const request = async (path, init) => {
        const answer = await client.request(path, init);
        window.meanwhile?.();
        return answer;
    };
    const merged = shows ? show : undefined;
    window.autosave = new Autosave({ request, path: at, etag: opened.etag, value, debounceMs: 20, merged });
}"""


async def _forms(world: World, files: str, context: BrowserContext, shows: bool) -> tuple[Tab, Tab]:
    ada = await _tab(context, world, files, "ada", OTHER)
    grace = await _tab(context, world, files, "grace", OTHER)
    await ada.run("() => draft.edit([{ op: 'set', at: '/summary', v: 'begun' }])")
    await ada.run("() => draft.replaceText('/content', 'one\\ntwo\\nthree\\n')")
    await grace.reads("three")
    for tab in (ada, grace):
        await tab.saved()
        await tab.run(FORM, [files, world.items[OTHER], shows])
    await grace.page.locator("textarea.content").fill("ONE\ntwo\nthree\n")
    await until(lambda: _is(grace, "() => autosave.state", "saved"), "grace's line is saved")
    await grace.page.locator("textarea.summary").fill("of grace")
    await until(lambda: _is(ada, "() => draft.get('/summary')", "of grace"), "grace's summary is saved")
    return ada, grace


async def _saved_as(tab: Tab, summary: str, content: str) -> None:
    await until(lambda: _is(tab, "() => [draft.get('/summary'), draft.get('/content')]", [summary, content]), content)
    assert await tab.run("() => autosave.state") in ("saved", "saving", "waiting")


async def test_a_form_that_does_not_show_what_was_merged_deletes_none_of_it(
    world: World, files: str, context: BrowserContext
) -> None:
    ada, grace = await _forms(world, files, context, shows=False)
    field = ada.page.locator("textarea.content")
    for typed in ("one\ntwo\nthree!\n", "one\ntwo\nthree!!\n", "one\ntwo\nthree!!\nfour\n"):
        await field.fill(typed)
        await _saved_as(grace, "of grace", typed.replace("one", "ONE"))
    await grace.run("() => draft.edit([{ op: 'set', at: '/summary', v: 'again' }])")
    await field.fill("one\n2\nthree!!\nfour\n")
    await _saved_as(ada, "again", "ONE\n2\nthree!!\nfour\n")
    await field.fill("eins\n2\nthree!!\nfour\n")
    await until(lambda: _is(ada, "() => autosave.state", "conflict"), "the same line is a conflict, not a win")


async def test_a_key_during_the_save_is_neither_lost_nor_deletes_what_was_merged(
    world: World, files: str, context: BrowserContext
) -> None:
    ada, grace = await _forms(world, files, context, shows=True)
    await ada.run("""() => { window.meanwhile = () => {
        window.meanwhile = undefined;
        fields.content.value += "a key\\n";
        autosave.touch();
    }; }""")
    await ada.page.locator("textarea.content").fill("one\ntwo\nthree!\n")
    await _saved_as(grace, "of grace", "ONE\ntwo\nthree!\na key\n")
    await until(lambda: _is(ada, "() => fields.summary.value", "of grace"), "the form shows what was merged")
    assert await ada.run("() => fields.content.value") == "ONE\ntwo\nthree!\na key\n"
    await ada.page.locator("textarea.summary").fill("of ada")
    await _saved_as(grace, "of ada", "ONE\ntwo\nthree!\na key\n")


async def test_the_fifteen_lines_of_the_readme_are_a_live_editor(
    world: World, files: str, context: BrowserContext
) -> None:
    found = re.search(r"```html\n(.*?)```", README.read_text(), re.DOTALL)
    assert found is not None
    html = found.group(1)
    assert len(html.splitlines()) <= 18 and len(html[html.index("<title>") :].splitlines()) <= 15
    html = html.replace("https://drafts.example", world.server.url).replace("ITEM", world.items[SCRIPT])
    html = html.replace("/node_modules/@draftwire/client/", "/protocol/js/")
    page = await context.new_page()
    token = world.server.token("grace")
    await page.route("**/draftwire-token", lambda route: route.fulfill(body=token, content_type="text/plain"))
    await page.goto(f"{files}/tests/browser/empty.html")
    await page.set_content(html)
    ada = await Tab(await context.new_page(), world, files).begin("ada", SCRIPT)
    await page.locator("dw-status").get_by_text("All changes are saved.").first.wait_for()
    await page.bring_to_front()
    await page.locator("textarea").focus()
    await page.keyboard.press("Control+Home")
    await page.keyboard.type("typed on a bare page ")
    await ada.reads("typed on a bare page ")
    await ada.run("() => type('and this came in ')")
    await until(lambda: _value(page, "and this came in typed on a bare page "), "others' text comes in")
    await page.get_by_role("button", name=re.compile("Ada Lovelace is (looking|editing)")).wait_for()
    assert json.loads(await page.evaluate("JSON.stringify(document.title)")) == "Live editor"


async def _value(page: Page, text: str) -> bool:
    return (await page.locator("textarea").input_value()).startswith(text)


async def test_axe_finds_nothing_serious_in_the_elements(world: World, files: str, context: BrowserContext) -> None:
    ada = await _tab(context, world, files, "ada", OTHER)
    grace = await _tab(context, world, files, "grace", OTHER)
    await grace.run("() => type('by grace ')")
    await ada.reads("by grace ")
    await ada.run(ELEMENTS, files)
    for element in ("dw-presence", "dw-status", "dw-history", "dw-diff"):
        await until(lambda element=element: ada.run(DRAWN, element), f"{element} shows something")
    assert await findings_light_and_dark(ada.page) == []


ELEMENTS = """async (root) => {
    await import(`${root}/protocol/js/dist/elements.js`);
    document.documentElement.lang = "en";
    Object.assign(document.documentElement.style, { colorScheme: "light dark", background: "Canvas" });
    document.title = "Elements";
    const main = document.createElement("main");
    const title = document.createElement("h1");
    title.textContent = "Elements";
    main.append(title);
    for (const name of ["dw-status", "dw-presence", "dw-alerts", "dw-diff", "dw-history"]) {
        const element = document.createElement(name);
        element.draft = draft;
        main.append(element);
    }
    document.body.append(main);
}"""
DRAWN = "(name) => document.querySelector(name).shadowRoot.textContent.trim().length > 0"
