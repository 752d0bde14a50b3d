// src/bindings/codemirror.ts
import { Annotation, Compartment, EditorState, Prec, StateEffect, StateField, Transaction } from "@codemirror/state";
import { Decoration, EditorView, keymap, showPanel, ViewPlugin, WidgetType } from "@codemirror/view";
import { applySplices, canonicalSplices, cleanText, composeSplices, differenceOf, followText, HUES, LEAF_SENTENCES, mayType, Problem, remoteCarets, transformSplices } from "./draftwire.js";
var fromDraft = Annotation.define();
var setCarets = StateEffect.define();
function draftwire(draft, at, options = {}) {
  const writable = new Compartment();
  const turn = (way) => () => {
    if (mayType(draft)) draft[way]();
    return true;
  };
  return [
    writable.of(lock(draft)),
    ViewPlugin.define((view) => new Binding(view, draft, at, writable, options)),
    Prec.high(
      keymap.of([
        { key: "Mod-z", run: turn("undo"), preventDefault: true },
        { key: "Mod-y", mac: "Mod-Shift-z", run: turn("redo"), preventDefault: true },
        { linux: "Ctrl-Shift-z", run: turn("redo"), preventDefault: true }
      ])
    ),
    EditorView.domEventHandlers({
      beforeinput(event) {
        if (event.inputType !== "historyUndo" && event.inputType !== "historyRedo") return false;
        event.preventDefault();
        return turn(event.inputType === "historyUndo" ? "undo" : "redo")();
      }
    }),
    EditorView.clipboardInputFilter.of(cleanText),
    remoteCaretsShown
  ];
}
var readOnly = [EditorState.readOnly.of(true), EditorView.contentAttributes.of({ "aria-readonly": "true" })];
function lock(draft) {
  return mayType(draft) ? [] : readOnly;
}
function goneShown(sentence) {
  return [
    readOnly,
    EditorView.contentAttributes.of({ "aria-description": sentence }),
    showPanel.of(() => {
      const dom = document.createElement("div");
      dom.className = "cm-dw-gone";
      dom.setAttribute("role", "status");
      dom.textContent = sentence;
      return { dom, top: true };
    })
  ];
}
var OWN_SCROLL_MS = 1500;
var VIEW_EVERY_MS = 200;
var NAME_PX = 16;
var views = /* @__PURE__ */ new WeakMap();
var Binding = class {
  constructor(view, draft, at, writable, options) {
    this.view = view;
    this.draft = draft;
    this.at = at;
    this.writable = writable;
    this.options = options;
    this.locked = this.lockWanted();
    views.set(draft, [...views.get(draft) ?? [], this]);
    this.ends = [
      followText(draft, at, this, {
        text: () => this.composition === null ? this.view.state.doc.toString() : applySplices(this.composition.base, this.composition.theirs).text,
        change: (splices, cause) => {
          if (this.composition === null) this.show(splices, cause);
          else this.composition.theirs = composeSplices(this.composition.theirs, canonicalSplices(splices));
        },
        gone: (why, own) => {
          this.gone = why;
          this.goneByOwn = own;
          this.tellGone();
          queueMicrotask(() => this.lock());
        }
      }),
      listen(view.contentDOM, "compositionstart", () => this.composition ??= { base: view.state.doc.toString(), theirs: [] }),
      listen(view.contentDOM, "compositionend", () => setTimeout(() => this.composed())),
      // CodeMirror reads the last of it before
      listen(view.scrollDOM, "scroll", () => {
        this.look();
        this.tellView();
      }),
      ...["wheel", "touchmove", "pointerdown", "keydown"].map((kind) => listen(view.scrollDOM, kind, () => this.ownInputAt = performance.now())),
      draft.on((event) => {
        if (event.type === "status") queueMicrotask(() => this.lock());
        if (event.type === "carets" || event.type === "presence" || event.type === "change") this.carets();
      })
    ];
    queueMicrotask(() => this.read());
    this.carets();
    this.tellView();
  }
  view;
  draft;
  at;
  writable;
  options;
  ends;
  caretsDue = false;
  lookDue = false;
  saidOutOfSight = "";
  saidBelow = "";
  lines;
  // in sight, as it was told
  viewTimer;
  ownInputAt = -Infinity;
  // when the person did something that may scroll
  ended = false;
  /** While an input method composes: the text at its beginning, and what others wrote since. Both sides wait for its end. */
  composition = null;
  gone = null;
  // the leaf is no text
  goneByOwn = false;
  locked;
  update(update) {
    for (const transaction of update.transactions) {
      if (this.composition !== null || !transaction.docChanged || transaction.annotation(fromDraft) !== void 0) continue;
      if (!this.send(splicesOf(transaction))) break;
    }
    if (update.selectionSet || update.docChanged || update.focusChanged) this.tellPlace(update);
    if (update.geometryChanged || update.viewportChanged) this.look();
  }
  destroy() {
    if (this.gone !== null && this.composition !== null) this.tellGone();
    this.ended = true;
    views.set(this.draft, this.otherViews());
    clearTimeout(this.viewTimer);
    for (const end of this.ends) end();
  }
  /** A composition has ended: what it wrote goes to the draft, what others wrote meanwhile is shown. */
  composed() {
    if (this.composition === null || this.ended || this.view.compositionStarted) return;
    const { base, theirs } = this.composition;
    this.composition = null;
    const mine = differenceOf(base, this.view.state.doc.toString());
    if (theirs.length > 0) this.show(transformSplices(theirs, mine, false), "others");
    this.send(transformSplices(mine, theirs, true));
    if (this.draft.get(this.at) !== this.view.state.doc.toString()) this.read();
    if (this.gone !== null && mine.length > 0) this.tellGone();
    this.lock();
  }
  tellGone() {
    const { gone: code, at } = this;
    this.options.gone?.(code === null ? null : { at, code, own: this.goneByOwn, text: this.view.state.doc.toString() });
  }
  send(s) {
    if (s.length === 0) return true;
    try {
      this.draft.edit([{ op: "text", at: this.at, s }], { origin: this });
      return true;
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      this.options.refused?.(error);
      queueMicrotask(() => this.read());
      return false;
    }
  }
  /** Show what the draft says, with the smallest change. */
  read() {
    if (this.composition !== null) return;
    const said = this.draft.get(this.at);
    if (typeof said === "string") showChange(this.view, differenceOf(this.view.state.doc.toString(), said), "others");
  }
  /**
   * Take a change in; what others put above does not move the lines that are in sight. CodeMirror holds its place only when
   * it measures, and then for the last of several changes: so it is done at once.
   */
  show(splices, cause) {
    const { view } = this;
    const { scrollTop } = view.scrollDOM;
    const mine = cause === "undo" || cause === "redo";
    const line = mine || scrollTop === 0 ? null : view.lineBlockAtHeight(view.scrollDOM.getBoundingClientRect().top - view.documentTop);
    const changes = showChange(view, splices, cause);
    if (line === null) return;
    const moved = view.lineBlockAt(changes.mapPos(line.from, 1)).top - line.top;
    if (Math.abs(moved) >= 1) view.scrollDOM.scrollTop = scrollTop + moved;
  }
  lock() {
    if (this.composition !== null || this.ended) return;
    const locked = this.lockWanted();
    if (locked === this.locked) return;
    this.locked = locked;
    const { gone } = this;
    const shown = gone === null ? lock(this.draft) : goneShown(this.options.goneSentences?.[gone] ?? LEAF_SENTENCES[gone]);
    this.view.dispatch({ effects: this.writable.reconfigure(shown) });
  }
  lockWanted() {
    return this.gone ?? (mayType(this.draft) ? "" : "locked");
  }
  tellPlace(update) {
    const { anchor, head } = update.state.selection.main;
    const typed = update.transactions.some((transaction) => transaction.isUserEvent("input") || transaction.isUserEvent("delete"));
    const byPerson = update.focusChanged || update.selectionSet && !update.docChanged;
    if (update.selectionSet && !update.docChanged) this.draft.seal();
    const state = this.lockWanted() === "" && (update.view.hasFocus || typed) ? "editing" : "viewing";
    if (update.view.hasFocus || typed) views.set(this.draft, [this, ...this.otherViews()]);
    else if (!this.first) return;
    this.draft.focus({ at: this.at, anchor, head, state, ...this.seen(), carried: !byPerson });
  }
  otherViews() {
    return (views.get(this.draft) ?? []).filter((view) => view !== this);
  }
  /** Whether the person was here last, or nowhere and this is the first view. */
  get first() {
    return views.get(this.draft)?.[0] === this;
  }
  seen() {
    return this.lines === void 0 ? {} : { lines: this.lines };
  }
  /**
   * Tell which lines are in sight, at first and a few times a second while the person scrolls: who follows them sees these
   * too. What others' text or following somebody scrolls is no doing of theirs: it goes with what they do next.
   */
  tellView() {
    this.viewTimer ??= setTimeout(() => {
      this.viewTimer = void 0;
      if (this.ended) return;
      const lines = linesInSight(this.view);
      const opened = this.lines === void 0 && this.draft.present === true;
      if (this.lines !== void 0 && lines[0] === this.lines[0] && lines[1] === this.lines[1]) return;
      this.lines = lines;
      if (!this.first) return;
      const { anchor, head } = this.view.state.selection.main;
      const state = this.lockWanted() === "" && this.view.hasFocus ? "editing" : "viewing";
      this.draft.focus({ at: this.at, anchor, head, state, ...this.seen(), carried: !opened && performance.now() - this.ownInputAt > OWN_SCROLL_MS });
    }, VIEW_EVERY_MS);
  }
  carets() {
    if (this.caretsDue) return;
    this.caretsDue = true;
    requestAnimationFrame(() => {
      this.caretsDue = false;
      if (this.ended) return;
      const carets = this.others();
      this.saidBelow = sidsBelow(carets);
      this.view.dispatch({ effects: setCarets.of(carets) });
      this.look();
    });
  }
  others() {
    return remoteCarets(this.draft, this.at, this.options.nameOf).map((caret) => ({ ...caret, below: isTopmost(this.view, caret) }));
  }
  /** Turn names that would be cut off, and tell who is out of sight, at most once a frame. */
  look() {
    if (this.lookDue) return;
    this.lookDue = true;
    requestAnimationFrame(() => {
      this.lookDue = false;
      if (this.ended) return;
      const others = this.others();
      if (sidsBelow(others) !== this.saidBelow) this.carets();
      const tell = this.options.outOfSight;
      if (tell === void 0) return;
      const found = outOfSight(this.view, others);
      const said = found.map(({ caret, where, line }) => `${caret.sid} ${caret.name} ${where} ${line}`).join("\n");
      if (said === this.saidOutOfSight) return;
      this.saidOutOfSight = said;
      tell(found);
    });
  }
};
function splicesOf(transaction) {
  const splices = [];
  transaction.changes.iterChanges((from, to, _fromB, _toB, inserted) => splices.push([from, to - from, inserted.toString()]));
  return canonicalSplices(splices);
}
function showChange(view, splices, cause) {
  const mine = cause === "undo" || cause === "redo";
  const changes = view.state.changes(splices.map(([position, del, insert]) => ({ from: position, to: position + del, insert })));
  const last = splices.at(-1);
  if (last === void 0) return changes;
  view.dispatch({
    changes,
    annotations: [fromDraft.of(cause), Transaction.addToHistory.of(false), Transaction.remote.of(!mine)],
    ...mine ? { selection: { anchor: changes.mapPos(last[0] + last[1], 1) }, scrollIntoView: true } : {}
  });
  return changes;
}
function listen(target, type, act) {
  target.addEventListener(type, act, { passive: true });
  return () => target.removeEventListener(type, act);
}
function outOfSight(view, carets) {
  const { scrollTop, clientHeight } = view.scrollDOM;
  const { doc } = view.state;
  return carets.flatMap((caret) => {
    const at = Math.min(caret.head, doc.length);
    const block = view.lineBlockAt(at);
    const line = doc.lineAt(at).number;
    if (block.bottom < scrollTop) return [{ caret, where: "above", line }];
    return block.top > scrollTop + clientHeight ? [{ caret, where: "below", line }] : [];
  });
}
function isTopmost(view, { head }) {
  const { top, bottom } = view.lineBlockAt(Math.min(head, view.state.doc.length));
  const inSight = view.scrollDOM.scrollTop - view.documentPadding.top;
  return top < inSight + NAME_PX && bottom > inSight;
}
function sidsBelow(carets) {
  return carets.flatMap(({ sid, below }) => below ? [sid] : []).join(" ");
}
function linesInSight(view) {
  const top = view.scrollDOM.getBoundingClientRect().top - view.documentTop;
  const line = (height) => view.state.doc.lineAt(view.lineBlockAtHeight(Math.max(0, height)).from).number;
  return [line(top), line(top + view.scrollDOM.clientHeight - 1)];
}
function alignTo(view, line) {
  const { from } = view.state.doc.line(Math.min(Math.max(line, 1), view.state.doc.lines));
  view.scrollDOM.scrollTop = line <= 1 ? 0 : view.lineBlockAt(from).top + view.documentPadding.top;
}
function reveal(view, position) {
  view.dispatch({ effects: EditorView.scrollIntoView(Math.min(position, view.state.doc.length), { y: "center" }) });
}
var CaretWidget = class extends WidgetType {
  constructor(caret) {
    super();
    this.caret = caret;
  }
  caret;
  eq({ caret }) {
    return this.caret.sid === caret.sid && this.caret.name === caret.name && this.caret.below === caret.below;
  }
  toDOM() {
    const caret = document.createElement("span");
    caret.className = `cm-dw-caret cm-dw-hue-${this.caret.hue}${this.caret.below ? " cm-dw-below" : ""}`;
    caret.setAttribute("aria-hidden", "true");
    const name = document.createElement("span");
    name.className = this.caret.agent ? "cm-dw-name cm-dw-agent" : "cm-dw-name";
    name.textContent = this.caret.name;
    caret.append(name);
    return caret;
  }
  ignoreEvent() {
    return true;
  }
};
function decorate(carets, state) {
  const ranges = [];
  const size = state.doc.length;
  for (const caret of carets) {
    const head = Math.min(caret.head, size);
    const from = Math.min(caret.anchor, head);
    const to = Math.min(Math.max(caret.anchor, head), size);
    if (from < to) ranges.push(Decoration.mark({ class: `cm-dw-selection cm-dw-hue-${caret.hue}` }).range(from, to));
    const widget = new CaretWidget(caret);
    ranges.push(Decoration.widget({ widget, side: head < caret.anchor ? -1 : 1 }).range(head));
  }
  return Decoration.set(ranges, true);
}
var caretField = StateField.define({
  create: () => Decoration.none,
  update(value, transaction) {
    let next = value.map(transaction.changes);
    for (const effect of transaction.effects) if (effect.is(setCarets)) next = decorate(effect.value, transaction.state);
    return next;
  },
  provide: (field) => EditorView.decorations.from(field)
});
var hues = Object.fromEntries(HUES.map((hue) => [`.cm-dw-hue-${hue}`, { "--dw-hue": String(hue) }]));
var caretTheme = EditorView.baseTheme({
  ...hues,
  ".cm-dw-caret": {
    position: "relative",
    display: "inline-block",
    width: "0",
    height: "1.2em",
    verticalAlign: "text-bottom",
    boxShadow: "0 0 0 1px oklch(var(--dw-caret-lightness, 0.52) var(--dw-caret-chroma, 0.14) var(--dw-hue))",
    pointerEvents: "none"
  },
  ".cm-dw-name": {
    position: "absolute",
    bottom: "100%",
    left: "-1px",
    padding: "0 5px",
    borderRadius: "4px 4px 4px 0",
    backgroundColor: "oklch(var(--dw-caret-lightness, 0.52) var(--dw-caret-chroma, 0.14) var(--dw-hue))",
    color: "var(--dw-caret-ink, #fff)",
    font: "600 11px/16px system-ui, sans-serif",
    whiteSpace: "nowrap",
    zIndex: "5",
    animation: "cm-dw-name-fades 400ms ease-out 4s forwards"
  },
  ".cm-dw-agent": { outline: "1px dashed var(--dw-caret-ink, #fff)", outlineOffset: "-2px", padding: "0 7px" },
  ".cm-dw-below .cm-dw-name": { bottom: "auto", top: "100%", borderRadius: "0 4px 4px 4px" },
  ".cm-dw-selection": { backgroundColor: "oklch(var(--dw-caret-lightness, 0.52) var(--dw-caret-chroma, 0.14) var(--dw-hue) / 0.22)" },
  ".cm-dw-gone": { padding: "6px 12px", font: "14px/20px system-ui, sans-serif" },
  "&dark .cm-dw-caret, &dark .cm-dw-selection": { "--dw-caret-lightness": "0.78", "--dw-caret-ink": "#111" },
  "@keyframes cm-dw-name-fades": { to: { opacity: "0" } },
  "@media (prefers-reduced-motion: reduce)": { ".cm-dw-name": { animation: "none" } }
});
var remoteCaretsShown = [caretField, caretTheme];
export {
  alignTo,
  draftwire,
  fromDraft,
  linesInSight,
  outOfSight,
  readOnly,
  remoteCaretsShown,
  reveal,
  setCarets,
  showChange,
  splicesOf
};
