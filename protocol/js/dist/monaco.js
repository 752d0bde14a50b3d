// src/bindings/monaco.ts
import { applySplices, canonicalSplices, cleanText, composeSplices, differenceOf, diffText, followText, HUES, LEAF_SENTENCES, mayType, Problem, remoteCarets, transformSplices } from "./draftwire.js";
var BY_PERSON = 3;
var BY_DEFAULT = 0;
function bindMonaco(editor, draft, at, options = {}) {
  const model = editor.getModel();
  if (model === null) throw new Error("The editor has no model.");
  const bound = new BoundMonaco(editor, model, draft, at, options);
  return () => bound.end();
}
var BoundMonaco = class {
  constructor(editor, model, draft, at, options) {
    this.editor = editor;
    this.model = model;
    this.draft = draft;
    this.at = at;
    this.options = options;
    this.shown = lf(model.getValue());
    this.decorations = editor.createDecorationsCollection();
    this.show(diffText(this.shown, draft.text(at)), "others");
    dress(editor.getContainerDomNode());
    this.lock();
    this.carets();
    this.ends.push(
      followText(draft, at, this, { text: () => this.expected(), change: (splices, cause) => this.follow(splices, cause), gone: (why, own) => this.goneNow(why, own) }),
      draft.on((event) => {
        if (event.type === "status") this.lock();
        if (event.type === "carets" || event.type === "presence" || event.type === "change") this.carets();
      }),
      () => this.decorations.clear()
    );
    for (const one of [
      model.onDidChangeContent(({ changes }) => this.changed(changes)),
      editor.onDidCompositionStart(() => this.composes()),
      editor.onDidCompositionEnd(() => this.composed()),
      editor.onKeyDown((event) => this.key(event)),
      editor.onDidChangeCursorSelection(({ reason }) => this.tellPlace(reason !== BY_PERSON && reason !== BY_DEFAULT)),
      editor.onDidFocusEditorText(() => this.tellPlace(false)),
      editor.onDidBlurEditorText(() => this.tellPlace(false))
    ]) {
      this.ends.push(() => one.dispose());
    }
  }
  editor;
  model;
  draft;
  at;
  options;
  shown;
  // the model's text with LF
  taking = false;
  // the change that the model tells comes from the draft
  /** While an input method composes: the text at its beginning, and what others wrote since. Both sides wait for its end. */
  composition = null;
  gone = null;
  // the leaf is no text
  goneByOwn = false;
  caretsDue = false;
  decorations;
  ends = [];
  end() {
    if (this.gone !== null && this.composition !== null) this.tellGone();
    for (const end of this.ends.splice(0)) end();
  }
  lock() {
    if (this.composition !== null) return;
    const { gone } = this;
    const said = gone === null ? {} : { readOnlyMessage: { value: this.options.goneSentences?.[gone] ?? LEAF_SENTENCES[gone] } };
    this.editor.updateOptions({ readOnly: gone !== null || !mayType(this.draft), ...said });
    this.editor.getContainerDomNode().toggleAttribute("data-dw-gone", gone !== null);
  }
  goneNow(why, own) {
    this.gone = why;
    this.goneByOwn = own;
    this.tellGone();
    this.lock();
  }
  tellGone() {
    const { gone: code, at, shown: text } = this;
    this.options.gone?.(code === null ? null : { at, code, own: this.goneByOwn, text });
  }
  // ---------------------------------------------------------------- positions
  get crlf() {
    return this.model.getEOL() === "\r\n";
  }
  /** A position of the draft's text, as line and column. */
  spot(text, position) {
    let lineNumber = 1;
    let begin = 0;
    for (let next = text.indexOf("\n"); next >= 0 && next < position; next = text.indexOf("\n", begin)) {
      lineNumber++;
      begin = next + 1;
    }
    return { lineNumber, column: position - begin + 1 };
  }
  range(text, from, to) {
    const [start, end] = [this.spot(text, from), this.spot(text, to)];
    return { startLineNumber: start.lineNumber, startColumn: start.column, endLineNumber: end.lineNumber, endColumn: end.column };
  }
  /** An offset of the model, before its change, in the draft's text. */
  offset(given) {
    if (!this.crlf) return given;
    let offset = given;
    for (let next = this.shown.indexOf("\n"), ends = 0; next >= 0 && next + ends + 1 < given; next = this.shown.indexOf("\n", next + 1)) {
      ends++;
      offset--;
    }
    return offset;
  }
  // ---------------------------------------------------------------- from the person
  changed(changes) {
    if (this.taking) return;
    if (this.composition !== null) {
      this.shown = lf(this.model.getValue());
      return;
    }
    const splices = changes.map(({ rangeOffset, rangeLength, text }) => {
      const from = this.offset(rangeOffset);
      return [from, this.offset(rangeOffset + rangeLength) - from, cleanText(text)];
    });
    const s = canonicalSplices(splices.sort(([a], [b]) => a - b));
    if (this.gone === null && this.draft.get(this.at) !== this.shown) {
      this.reread();
      return;
    }
    this.shown = lf(this.model.getValue());
    this.send(s);
  }
  send(s) {
    if (s.length === 0) return;
    try {
      this.draft.edit([{ op: "text", at: this.at, s }], { origin: this });
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      this.options.refused?.(error);
      queueMicrotask(() => this.reread());
      return;
    }
    if (this.draft.get(this.at) !== this.shown) queueMicrotask(() => this.reread());
  }
  composes() {
    if (this.composition === null) this.composition = { base: this.shown, theirs: [], ending: false };
    else this.composition.ending = false;
  }
  /** A composition has ended: what it wrote goes to the draft, what others wrote meanwhile is shown. */
  composed() {
    if (this.composition === null) return;
    this.composition.ending = true;
    setTimeout(() => {
      if (!this.composition?.ending || this.ends.length === 0) return;
      const { base, theirs } = this.composition;
      this.composition = null;
      const mine = differenceOf(base, cleanText(this.shown));
      this.show(transformSplices(theirs, mine, false), "others");
      this.send(transformSplices(mine, theirs, true));
      if (this.draft.get(this.at) !== this.shown) this.reread();
      if (this.gone !== null && mine.length > 0) this.tellGone();
      this.lock();
    });
  }
  reread() {
    if (this.composition !== null) return;
    this.shown = lf(this.model.getValue());
    const said = this.draft.get(this.at);
    if (typeof said === "string") this.show(diffText(this.shown, said), "others");
  }
  key(event) {
    const { ctrlKey, metaKey, altKey, shiftKey, key } = event.browserEvent;
    const letter = key.toLowerCase();
    if (!(ctrlKey || metaKey) || altKey || letter !== "z" && letter !== "y") return;
    event.preventDefault();
    event.stopPropagation();
    if (this.composition === null && mayType(this.draft)) this.draft[letter === "y" || shiftKey ? "redo" : "undo"]();
  }
  tellPlace(carried) {
    const selection = this.editor.getSelection();
    if (selection === null) return;
    const { selectionStartLineNumber, selectionStartColumn, positionLineNumber, positionColumn } = selection;
    const anchor = this.offset(this.model.getOffsetAt({ lineNumber: selectionStartLineNumber, column: selectionStartColumn }));
    const head = this.offset(this.model.getOffsetAt({ lineNumber: positionLineNumber, column: positionColumn }));
    this.draft.focus({ at: this.at, anchor, head, state: this.editor.hasTextFocus() ? "editing" : "viewing", carried });
  }
  // ---------------------------------------------------------------- from the draft
  /** What the draft's changes are made for: the model, but for what is being composed. */
  expected() {
    return this.composition === null ? this.shown : applySplices(this.composition.base, this.composition.theirs).text;
  }
  follow(splices, cause) {
    if (this.composition === null) this.show(splices, cause);
    else this.composition.theirs = composeSplices(this.composition.theirs, canonicalSplices(splices));
  }
  show(splices, cause) {
    if (splices.length === 0) return;
    const before = this.shown;
    this.taking = true;
    try {
      this.model.applyEdits(splices.map(([position, del, text]) => ({ range: this.range(before, position, position + del), text })));
    } finally {
      this.taking = false;
    }
    this.shown = lf(this.model.getValue());
    if (cause === "undo" || cause === "redo") {
      const shift = splices.slice(0, -1).reduce((sum, [, del, text2]) => sum + text2.length - del, 0);
      const [position, , text] = splices[splices.length - 1];
      const spot = this.spot(this.shown, position + shift + text.length);
      this.editor.setPosition(spot);
      this.editor.revealPositionInCenterIfOutsideViewport(spot);
    }
    this.tellPlace(true);
  }
  carets() {
    if (this.caretsDue) return;
    this.caretsDue = true;
    requestAnimationFrame(() => {
      this.caretsDue = false;
      if (this.ends.length === 0) return;
      this.decorations.set(remoteCarets(this.draft, this.at, this.options.nameOf).flatMap((caret) => this.drawn(caret)));
    });
  }
  drawn({ anchor, head, name, hue }) {
    const size = this.shown.length;
    const [from, to] = [Math.min(anchor, head, size), Math.min(Math.max(anchor, head), size)];
    const below = this.shown.lastIndexOf("\n", Math.min(head, size) - 1) < 0 || head === 0 ? " dw-monaco-below" : "";
    const label = { content: name, inlineClassName: `dw-monaco-name dw-monaco-hue-${hue}${below}`, cursorStops: 3 };
    const caret = {
      range: this.range(this.shown, Math.min(head, size), Math.min(head, size)),
      options: { showIfCollapsed: true, className: `dw-monaco-caret dw-monaco-hue-${hue}`, stickiness: 1, before: label, hoverMessage: { value: name } }
    };
    const selection = {
      range: this.range(this.shown, from, to),
      options: { className: `dw-monaco-selection dw-monaco-hue-${hue}`, stickiness: 1 }
    };
    return from < to ? [selection, caret] : [caret];
  }
};
function lf(text) {
  return text.replaceAll("\r\n", "\n");
}
var CARET = "oklch(var(--dw-caret-lightness, 0.52) 0.14 var(--dw-hue))";
var SHEET = `
.dw-monaco-caret { border-left: 2px solid ${CARET}; margin-left: -1px; box-sizing: border-box; }
.dw-monaco-selection { background: oklch(var(--dw-caret-lightness, 0.52) 0.14 var(--dw-hue) / 0.22); }
.dw-monaco-name { background: ${CARET}; color: var(--dw-caret-ink, #fff); font-size: 0.75em; border-radius: 4px; padding: 0 4px; position: absolute; line-height: 1.4; transform: translateY(-90%); pointer-events: none; z-index: 5; }
.dw-monaco-below { transform: translateY(110%); }
.vs-dark .dw-monaco-caret, .vs-dark .dw-monaco-selection, .vs-dark .dw-monaco-name { --dw-caret-lightness: 0.78; --dw-caret-ink: #111; }
${HUES.map((hue) => `.dw-monaco-hue-${hue} { --dw-hue: ${hue}; }`).join("\n")}
`;
var dressed = /* @__PURE__ */ new WeakSet();
function dress(element) {
  const root = element.getRootNode();
  const scope = root instanceof ShadowRoot ? root : element.ownerDocument;
  if (dressed.has(scope)) return;
  dressed.add(scope);
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(SHEET);
  scope.adoptedStyleSheets = [...scope.adoptedStyleSheets, sheet];
}
export {
  bindMonaco
};
