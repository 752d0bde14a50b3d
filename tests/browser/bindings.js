// What the tests of the bindings put on a page: an editor of each kind on one leaf of a draft.

import { bindTextarea } from "/protocol/js/dist/textarea.js";

export function textarea(draft, at) {
  const area = document.createElement("textarea");
  area.rows = 10;
  area.wrap = "off";
  document.body.append(area);
  const gone = [];
  const end = bindTextarea(area, draft, at, { gone: (why) => gone.push(why) });
  return { area, end, gone, reason: () => area.title, text: () => area.value };
}

export async function codemirror(draft, at) {
  const { EditorState } = await import("@codemirror/state");
  const { EditorView } = await import("@codemirror/view");
  const { draftwire } = await import("/protocol/js/dist/codemirror.js");
  const host = document.createElement("div");
  document.body.append(host);
  const root = host.attachShadow({ mode: "open" });
  const gone = [];
  const size = EditorView.theme({ "&": { height: "200px" }, ".cm-scroller": { overflow: "auto" } });
  const state = EditorState.create({
    doc: draft.text(at),
    extensions: [draftwire(draft, at, { gone: (why) => gone.push(why) }), size, EditorState.allowMultipleSelections.of(true)],
  });
  const view = new EditorView({ root, parent: root, state });
  return { view, host, gone, reason: () => root.querySelector(".cm-dw-gone")?.textContent ?? "", text: () => view.state.doc.toString() };
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
  const gone = [];
  const end = bindMonaco(view, draft, at, { gone: (why) => gone.push(why) });
  const message = () => view.getOption(monaco.EditorOption.readOnlyMessage)?.value ?? "";
  const reason = () => (view.getOption(monaco.EditorOption.readOnly) ? message() : "");
  return { view, model, host, end, gone, reason, text: () => model.getValue().replaceAll("\r\n", "\n"), raw: () => model.getValue() };
}

/** A text leaf as a component reads it. */
export async function leaf(draft, at) {
  const { createElement, createRoot } = await import("react");
  const { useDraftLeaf } = await import("/protocol/js/dist/react.js");
  const host = document.createElement("output");
  document.body.append(host);
  createRoot(host).render(createElement(() => JSON.stringify(useDraftLeaf(draft, at))));
  return { read: () => JSON.parse(host.textContent || "null") };
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
