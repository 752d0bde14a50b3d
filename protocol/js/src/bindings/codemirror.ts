/**
 * CodeMirror 6 on one text leaf of a draft: `extensions: [draftwire(draft, at)]`, `doc: draft.text(at)`.
 *
 * What the person types becomes ops in the same turn; what others type comes in as changes that leave caret, selection,
 * scroll and undo alone. Undo and redo are the draft's: leave `history()` out. Remote carets carry names; their colour
 * comes from the user and can be changed by `--dw-caret-lightness`, `--dw-caret-chroma` and `--dw-caret-ink`. Whose caret
 * is out of sight is told to `outOfSight`, and `reveal` shows it.
 */

import { Annotation, Compartment, EditorState, Prec, StateEffect, StateField, Transaction } from "@codemirror/state";
import type { ChangeSet, Extension, Range } from "@codemirror/state";
import { Decoration, EditorView, keymap, showPanel, ViewPlugin, WidgetType } from "@codemirror/view";
import type { DecorationSet, PluginValue, ViewUpdate } from "@codemirror/view";
import { applySplices, canonicalSplices, cleanText, composeSplices, differenceOf, followText, HUES, LEAF_SENTENCES, mayType, Problem, remoteCarets, transformSplices } from "../index.js";
import type { ActorInfo, ChangeCause, LeafGone, LeafOptions, RemoteCaret, Splice, Splices, TextSource } from "../index.js";

export interface DraftwireOptions extends LeafOptions {
  /** What a caret is labelled with. */
  nameOf?: (actor: ActorInfo) => string;
  /** Who is out of sight, for marks at the edges; told anew when it changes. */
  outOfSight?: (carets: readonly OutOfSight[]) => void;
}

/** A caret that is above or below what can be seen. */
export interface OutOfSight {
  readonly caret: RemoteCaret;
  readonly where: "above" | "below";
  readonly line: number;
}

/** Marks transactions that come from the draft. */
export const fromDraft = Annotation.define<ChangeCause>();
/** A caret and whether its name stands below it, as in the topmost line, where it would be cut off. */
export interface ShownCaret extends RemoteCaret {
  readonly below: boolean;
}
/** Puts these carets on show, instead of the ones before. */
export const setCarets = StateEffect.define<readonly ShownCaret[]>();

/** The extension; see the module. */
export function draftwire(draft: TextSource, at: string, options: DraftwireOptions = {}): Extension {
  const writable = new Compartment();
  const turn = (way: "undo" | "redo") => (): boolean => {
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
        { linux: "Ctrl-Shift-z", run: turn("redo"), preventDefault: true },
      ]),
    ),
    EditorView.domEventHandlers({
      beforeinput(event) {
        if (event.inputType !== "historyUndo" && event.inputType !== "historyRedo") return false;
        event.preventDefault();
        return turn(event.inputType === "historyUndo" ? "undo" : "redo")();
      },
    }),
    EditorView.clipboardInputFilter.of(cleanText),
    remoteCaretsShown,
  ];
}

/** A text that can be read, selected and copied. */
export const readOnly: Extension = [EditorState.readOnly.of(true), EditorView.contentAttributes.of({ "aria-readonly": "true" })];

function lock(draft: TextSource): Extension {
  return mayType(draft) ? [] : readOnly;
}

/** A text that is read-only because its leaf is none any more, with the reason above it. */
function goneShown(sentence: string): Extension {
  return [
    readOnly,
    EditorView.contentAttributes.of({ "aria-description": sentence }),
    showPanel.of(() => {
      const dom = document.createElement("div");
      dom.className = "cm-dw-gone";
      dom.setAttribute("role", "status");
      dom.textContent = sentence;
      return { dom, top: true };
    }),
  ];
}

const OWN_SCROLL_MS = 1_500; // a wheel rolls on for so long
const VIEW_EVERY_MS = 200; // somebody who scrolls is followed well enough at that
const NAME_PX = 16; // a name above its caret is as high

/** The views of a draft on this page, first the one where the person was last: only that one says where they are unasked. */
const views = new WeakMap<TextSource, Binding[]>();

class Binding implements PluginValue {
  private readonly ends: (() => void)[];
  private caretsDue = false;
  private lookDue = false;
  private saidOutOfSight = "";
  private saidBelow = "";
  private lines: readonly [number, number] | undefined; // in sight, as it was told
  private viewTimer: ReturnType<typeof setTimeout> | undefined;
  private ownInputAt = -Infinity; // when the person did something that may scroll
  private ended = false;
  /** While an input method composes: the text at its beginning, and what others wrote since. Both sides wait for its end. */
  private composition: { base: string; theirs: Splices } | null = null;
  private gone: LeafGone["code"] | null = null; // the leaf is no text
  private goneByOwn = false;
  private locked: string;

  constructor(
    private readonly view: EditorView,
    private readonly draft: TextSource,
    private readonly at: string,
    private readonly writable: Compartment,
    private readonly options: DraftwireOptions,
  ) {
    this.locked = this.lockWanted();
    views.set(draft, [...(views.get(draft) ?? []), this]);
    this.ends = [
      followText(draft, at, this, {
        text: () => (this.composition === null ? this.view.state.doc.toString() : applySplices(this.composition.base, this.composition.theirs).text),
        change: (splices, cause) => {
          if (this.composition === null) this.show(splices, cause);
          else this.composition.theirs = composeSplices(this.composition.theirs, canonicalSplices(splices));
        },
        gone: (why, own) => {
          this.gone = why;
          this.goneByOwn = own;
          this.tellGone();
          queueMicrotask(() => this.lock());
        },
      }),
      listen(view.contentDOM, "compositionstart", () => (this.composition ??= { base: view.state.doc.toString(), theirs: [] })),
      listen(view.contentDOM, "compositionend", () => setTimeout(() => this.composed())), // CodeMirror reads the last of it before
      listen(view.scrollDOM, "scroll", () => {
        this.look();
        this.tellView();
      }),
      ...(["wheel", "touchmove", "pointerdown", "keydown"] as const).map((kind) => listen(view.scrollDOM, kind, () => (this.ownInputAt = performance.now()))),
      draft.on((event) => {
        if (event.type === "status") queueMicrotask(() => this.lock());
        if (event.type === "carets" || event.type === "presence" || event.type === "change") this.carets();
      }),
    ];
    queueMicrotask(() => this.read());
    this.carets();
    this.tellView();
  }

  update(update: ViewUpdate): void {
    for (const transaction of update.transactions) {
      if (this.composition !== null || !transaction.docChanged || transaction.annotation(fromDraft) !== undefined) continue;
      if (!this.send(splicesOf(transaction))) break;
    }
    if (update.selectionSet || update.docChanged || update.focusChanged) this.tellPlace(update);
    if (update.geometryChanged || update.viewportChanged) this.look();
  }

  destroy(): void {
    if (this.gone !== null && this.composition !== null) this.tellGone(); // what is composed goes with the view
    this.ended = true;
    views.set(this.draft, this.otherViews());
    clearTimeout(this.viewTimer);
    for (const end of this.ends) end();
  }

  /** A composition has ended: what it wrote goes to the draft, what others wrote meanwhile is shown. */
  private composed(): void {
    if (this.composition === null || this.ended || this.view.compositionStarted) return; // another one has begun
    const { base, theirs } = this.composition;
    this.composition = null;
    const mine = differenceOf(base, this.view.state.doc.toString());
    if (theirs.length > 0) this.show(transformSplices(theirs, mine, false), "others");
    this.send(transformSplices(mine, theirs, true));
    if (this.draft.get(this.at) !== this.view.state.doc.toString()) this.read();
    if (this.gone !== null && mine.length > 0) this.tellGone();
    this.lock();
  }

  private tellGone(): void {
    const { gone: code, at } = this;
    this.options.gone?.(code === null ? null : { at, code, own: this.goneByOwn, text: this.view.state.doc.toString() });
  }

  private send(s: Splices): boolean {
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
  private read(): void {
    if (this.composition !== null) return; // at its end
    const said = this.draft.get(this.at);
    if (typeof said === "string") showChange(this.view, differenceOf(this.view.state.doc.toString(), said), "others");
  }

  /**
   * Take a change in; what others put above does not move the lines that are in sight. CodeMirror holds its place only when
   * it measures, and then for the last of several changes: so it is done at once.
   */
  private show(splices: Splices, cause: ChangeCause): void {
    const { view } = this;
    const { scrollTop } = view.scrollDOM;
    const mine = cause === "undo" || cause === "redo";
    const line = mine || scrollTop === 0 ? null : view.lineBlockAtHeight(view.scrollDOM.getBoundingClientRect().top - view.documentTop);
    const changes = showChange(view, splices, cause);
    if (line === null) return;
    const moved = view.lineBlockAt(changes.mapPos(line.from, 1)).top - line.top;
    if (Math.abs(moved) >= 1) view.scrollDOM.scrollTop = scrollTop + moved;
  }

  private lock(): void {
    if (this.composition !== null || this.ended) return; // at its end: what is being composed would be lost
    const locked = this.lockWanted();
    if (locked === this.locked) return;
    this.locked = locked;
    const { gone } = this;
    const shown = gone === null ? lock(this.draft) : goneShown(this.options.goneSentences?.[gone] ?? LEAF_SENTENCES[gone]);
    this.view.dispatch({ effects: this.writable.reconfigure(shown) });
  }

  private lockWanted(): string {
    return this.gone ?? (mayType(this.draft) ? "" : "locked");
  }

  private tellPlace(update: ViewUpdate): void {
    const { anchor, head } = update.state.selection.main;
    const typed = update.transactions.some((transaction) => transaction.isUserEvent("input") || transaction.isUserEvent("delete"));
    const byPerson = update.focusChanged || (update.selectionSet && !update.docChanged);
    if (update.selectionSet && !update.docChanged) this.draft.seal(); // what is typed there is undone by itself
    const state = this.lockWanted() === "" && (update.view.hasFocus || typed) ? "editing" : "viewing"; // a program may type for a person
    if (update.view.hasFocus || typed) views.set(this.draft, [this, ...this.otherViews()]);
    else if (!this.first) return;
    this.draft.focus({ at: this.at, anchor, head, state, ...this.seen(), carried: !byPerson });
  }

  private otherViews(): Binding[] {
    return (views.get(this.draft) ?? []).filter((view) => view !== this);
  }

  /** Whether the person was here last, or nowhere and this is the first view. */
  private get first(): boolean {
    return views.get(this.draft)?.[0] === this;
  }

  private seen(): { lines?: readonly [number, number] } {
    return this.lines === undefined ? {} : { lines: this.lines };
  }

  /**
   * Tell which lines are in sight, at first and a few times a second while the person scrolls: who follows them sees these
   * too. What others' text or following somebody scrolls is no doing of theirs: it goes with what they do next.
   */
  private tellView(): void {
    this.viewTimer ??= setTimeout(() => {
      this.viewTimer = undefined;
      if (this.ended) return;
      const lines = linesInSight(this.view);
      const opened = this.lines === undefined && this.draft.present === true; // who is not said to be here stays unsaid
      if (this.lines !== undefined && lines[0] === this.lines[0] && lines[1] === this.lines[1]) return;
      this.lines = lines;
      if (!this.first) return;
      const { anchor, head } = this.view.state.selection.main;
      const state = this.lockWanted() === "" && this.view.hasFocus ? "editing" : "viewing";
      this.draft.focus({ at: this.at, anchor, head, state, ...this.seen(), carried: !opened && performance.now() - this.ownInputAt > OWN_SCROLL_MS });
    }, VIEW_EVERY_MS);
  }

  private carets(): void {
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

  private others(): ShownCaret[] {
    return remoteCarets(this.draft, this.at, this.options.nameOf).map((caret) => ({ ...caret, below: isTopmost(this.view, caret) }));
  }

  /** Turn names that would be cut off, and tell who is out of sight, at most once a frame. */
  private look(): void {
    if (this.lookDue) return;
    this.lookDue = true;
    requestAnimationFrame(() => {
      this.lookDue = false;
      if (this.ended) return;
      const others = this.others();
      if (sidsBelow(others) !== this.saidBelow) this.carets();
      const tell = this.options.outOfSight;
      if (tell === undefined) return;
      const found = outOfSight(this.view, others);
      const said = found.map(({ caret, where, line }) => `${caret.sid} ${caret.name} ${where} ${line}`).join("\n");
      if (said === this.saidOutOfSight) return;
      this.saidOutOfSight = said;
      tell(found);
    });
  }
}

/** A transaction's changes as splices. */
export function splicesOf(transaction: Transaction): Splices {
  const splices: Splice[] = [];
  transaction.changes.iterChanges((from, to, _fromB, _toB, inserted) => splices.push([from, to - from, inserted.toString()]));
  return canonicalSplices(splices);
}

/** Show splices; the caret goes to the place only of what one undoes oneself. */
export function showChange(view: EditorView, splices: Splices, cause: ChangeCause): ChangeSet {
  const mine = cause === "undo" || cause === "redo";
  const changes = view.state.changes(splices.map(([position, del, insert]) => ({ from: position, to: position + del, insert })));
  const last = splices.at(-1);
  if (last === undefined) return changes;
  view.dispatch({
    changes,
    annotations: [fromDraft.of(cause), Transaction.addToHistory.of(false), Transaction.remote.of(!mine)],
    ...(mine ? { selection: { anchor: changes.mapPos(last[0] + last[1], 1) }, scrollIntoView: true } : {}),
  });
  return changes;
}

function listen(target: EventTarget, type: string, act: () => void): () => void {
  target.addEventListener(type, act, { passive: true });
  return () => target.removeEventListener(type, act);
}

// ---------------------------------------------------------------- carets of the others

/** Of these carets, those that are above or below what can be seen. */
export function outOfSight(view: EditorView, carets: readonly RemoteCaret[]): OutOfSight[] {
  const { scrollTop, clientHeight } = view.scrollDOM;
  const { doc } = view.state;
  return carets.flatMap((caret): OutOfSight[] => {
    const at = Math.min(caret.head, doc.length);
    const block = view.lineBlockAt(at);
    const line = doc.lineAt(at).number;
    if (block.bottom < scrollTop) return [{ caret, where: "above", line }];
    return block.top > scrollTop + clientHeight ? [{ caret, where: "below", line }] : [];
  });
}

/** Whether a caret is in sight, but what stands above it is not. */
function isTopmost(view: EditorView, { head }: RemoteCaret): boolean {
  const { top, bottom } = view.lineBlockAt(Math.min(head, view.state.doc.length));
  const inSight = view.scrollDOM.scrollTop - view.documentPadding.top;
  return top < inSight + NAME_PX && bottom > inSight;
}

function sidsBelow(carets: readonly ShownCaret[]): string {
  return carets.flatMap(({ sid, below }) => (below ? [sid] : [])).join(" ");
}

/** The first and the last line that can be seen, from 1. */
export function linesInSight(view: EditorView): [number, number] {
  const top = view.scrollDOM.getBoundingClientRect().top - view.documentTop;
  const line = (height: number): number => view.state.doc.lineAt(view.lineBlockAtHeight(Math.max(0, height)).from).number;
  return [line(top), line(top + view.scrollDOM.clientHeight - 1)];
}

/** Scroll so that a line is the first that is seen; caret, selection and focus stay. */
export function alignTo(view: EditorView, line: number): void {
  const { from } = view.state.doc.line(Math.min(Math.max(line, 1), view.state.doc.lines));
  view.scrollDOM.scrollTop = line <= 1 ? 0 : view.lineBlockAt(from).top + view.documentPadding.top;
}

/** Scroll a position into sight; caret, selection and focus stay. */
export function reveal(view: EditorView, position: number): void {
  view.dispatch({ effects: EditorView.scrollIntoView(Math.min(position, view.state.doc.length), { y: "center" }) });
}

class CaretWidget extends WidgetType {
  constructor(private readonly caret: ShownCaret) {
    super();
  }

  override eq({ caret }: CaretWidget): boolean {
    return this.caret.sid === caret.sid && this.caret.name === caret.name && this.caret.below === caret.below;
  }

  override toDOM(): HTMLElement {
    const caret = document.createElement("span");
    caret.className = `cm-dw-caret cm-dw-hue-${this.caret.hue}${this.caret.below ? " cm-dw-below" : ""}`;
    caret.setAttribute("aria-hidden", "true");
    const name = document.createElement("span");
    name.className = this.caret.agent ? "cm-dw-name cm-dw-agent" : "cm-dw-name";
    name.textContent = this.caret.name;
    caret.append(name);
    return caret;
  }

  override ignoreEvent(): boolean {
    return true;
  }
}

function decorate(carets: readonly ShownCaret[], state: EditorState): DecorationSet {
  const ranges: Range<Decoration>[] = [];
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

const caretField = StateField.define<DecorationSet>({
  create: () => Decoration.none,
  update(value, transaction) {
    let next = value.map(transaction.changes);
    for (const effect of transaction.effects) if (effect.is(setCarets)) next = decorate(effect.value, transaction.state);
    return next;
  },
  provide: (field) => EditorView.decorations.from(field),
});

// Classes and no inline styles: a strict Content-Security-Policy lets pass only what comes in constructed sheets.
const hues = Object.fromEntries(HUES.map((hue) => [`.cm-dw-hue-${hue}`, { "--dw-hue": String(hue) }]));

const caretTheme = EditorView.baseTheme({
  ...hues,
  ".cm-dw-caret": {
    position: "relative",
    display: "inline-block",
    width: "0",
    height: "1.2em",
    verticalAlign: "text-bottom",
    boxShadow: "0 0 0 1px oklch(var(--dw-caret-lightness, 0.52) var(--dw-caret-chroma, 0.14) var(--dw-hue))",
    pointerEvents: "none",
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
    animation: "cm-dw-name-fades 400ms ease-out 4s forwards",
  },
  ".cm-dw-agent": { outline: "1px dashed var(--dw-caret-ink, #fff)", outlineOffset: "-2px", padding: "0 7px" },
  ".cm-dw-below .cm-dw-name": { bottom: "auto", top: "100%", borderRadius: "0 4px 4px 4px" },
  ".cm-dw-selection": { backgroundColor: "oklch(var(--dw-caret-lightness, 0.52) var(--dw-caret-chroma, 0.14) var(--dw-hue) / 0.22)" },
  ".cm-dw-gone": { padding: "6px 12px", font: "14px/20px system-ui, sans-serif" },
  "&dark .cm-dw-caret, &dark .cm-dw-selection": { "--dw-caret-lightness": "0.78", "--dw-caret-ink": "#111" },
  "@keyframes cm-dw-name-fades": { to: { opacity: "0" } },
  "@media (prefers-reduced-motion: reduce)": { ".cm-dw-name": { animation: "none" } },
});

/** The others' carets and selections, as `setCarets` puts them; in `draftwire` already. */
export const remoteCaretsShown: Extension = [caretField, caretTheme];
