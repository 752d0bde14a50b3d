// What the tests of the bindings put on a page: an editor of each kind on one leaf of a draft.

import { bindTextarea } from "/protocol/js/dist/textarea.js";

export function textarea(draft, at) {
  const area = document.createElement("textarea");
  area.rows = 10;
  area.wrap = "off";
  document.body.append(area);
  const end = bindTextarea(area, draft, at);
  return { area, end, text: () => area.value };
}

export async function codemirror(draft, at) {
  const { EditorState } = await import("@codemirror/state");
  const { EditorView } = await import("@codemirror/view");
  const { draftwire } = await import("/protocol/js/dist/codemirror.js");
  const host = document.createElement("div");
  document.body.append(host);
  const root = host.attachShadow({ mode: "open" });
  const size = EditorView.theme({ "&": { height: "200px" }, ".cm-scroller": { overflow: "auto" } });
  const state = EditorState.create({
    doc: draft.text(at),
    extensions: [draftwire(draft, at), size, EditorState.allowMultipleSelections.of(true)],
  });
  const view = new EditorView({ root, parent: root, state });
  return { view, host, text: () => view.state.doc.toString() };
}

export async function monaco(draft, at, eol = "\n") {
  const style = document.createElement("link");
  Object.assign(style, { rel: "stylesheet", href: "/tests/browser/peers/monaco.css" });
  document.head.append(style);
  // Its worker finds words and links: nothing of that is needed here.
  self.MonacoEnvironment = { getWorker: () => new Worker(URL.createObjectURL(new Blob([""], { type: "text/javascript" }))) };
  const { editor: monaco } = await import("/tests/browser/peers/monaco.js");
  const { bindMonaco } = await import("/protocol/js/dist/monaco.js");
  const host = document.createElement("div");
  host.style.cssText = "width: 600px; height: 200px";
  document.body.append(host);
  const model = monaco.createModel(draft.text(at).replaceAll("\n", eol), "plaintext");
  const view = monaco.create(host, { model, links: false, wordBasedSuggestions: "off", occurrencesHighlight: "off", minimap: { enabled: false } });
  const end = bindMonaco(view, draft, at);
  return { view, model, host, end, text: () => model.getValue().replaceAll("\r\n", "\n"), raw: () => model.getValue() };
}

export async function react(client, what, at) {
  const { createElement, createRoot, StrictMode } = await import("react");
  const { useDraft, useDraftStatus, useDraftValue } = await import("/protocol/js/dist/react.js");
  let renders = 0;
  function View() {
    const { draft, error } = useDraft(client, what);
    const value = useDraftValue(draft, at);
    const status = useDraftStatus(draft);
    renders++;
    return createElement("output", null, error ? error.code : `${status?.status}: ${value}`);
  }
  const host = document.createElement("div");
  document.body.append(host);
  const root = createRoot(host);
  root.render(createElement(StrictMode, null, createElement(View)));
  return { text: () => host.textContent, renders: () => renders, end: () => root.unmount() };
}
