/**
 * CodeMirror on one text leaf: what the person types becomes ops in the same turn; what others type comes in as changes
 * that leave caret, selection, scroll and undo alone.
 *
 * Undo is CodeMirror's own history, in which others' changes never stand: `undo` and `redo` are the seam for the client's.
 * It lives in a shadow root, where CodeMirror brings its styles as constructed sheets: the page's policy allows no inline
 * styles. Colours of people are set on elements through the CSSOM.
 */

import { defaultKeymap, history, historyKeymap, indentWithTab, redo, undo } from "@codemirror/commands";
import { bracketMatching, HighlightStyle, indentOnInput, syntaxHighlighting } from "@codemirror/language";
import { Annotation, Compartment, EditorState, RangeSet, StateEffect, StateField, Transaction } from "@codemirror/state";
import type { Range } from "@codemirror/state";
import { crosshairCursor, Decoration, drawSelection, EditorView, gutter, GutterMarker, highlightActiveLine, highlightActiveLineGutter, keymap, lineNumbers, WidgetType } from "@codemirror/view";
import type { DecorationSet, ViewUpdate } from "@codemirror/view";
import { tags } from "@lezer/highlight";
import { canonicalSplices, differenceOf } from "draftwire";
import type { Splice, Splices } from "draftwire";
import { languageFor } from "./languages.js";

/** A caret or selection of somebody else. */
export interface RemoteCaret {
  sid: string;
  anchor: number;
  head: number;
  name: string;
  hue: number;
  agent: boolean;
}
/** A caret that is out of sight. */
export interface Beyond {
  caret: RemoteCaret;
  where: "above" | "below";
  line: number;
}
/** Who wrote some lines, for the margin. */
export interface Blamed {
  first: number;
  last: number;
  name: string;
  when: string;
  hue: number;
}
export interface CodeHooks {
  /** The person changed the text; false: the change could not be taken. */
  edited: (splices: Splices) => boolean;
  /** Caret or selection moved: by the person, or because the text around it changed. */
  moved: (anchor: number, head: number, byPerson: boolean) => void;
  focused: (has: boolean) => void;
  /** What is in sight has changed. */
  scrolled: () => void;
}

const remote = Annotation.define<boolean>();
const setCarets = StateEffect.define<readonly RemoteCaret[]>();
const flash = StateEffect.define<number | null>();

class CaretWidget extends WidgetType {
  constructor(
    readonly caret: RemoteCaret,
    readonly below: boolean,
  ) {
    super();
  }

  override eq(other: CaretWidget): boolean {
    return this.caret.head === other.caret.head && this.caret.sid === other.caret.sid && this.caret.name === other.caret.name && this.below === other.below;
  }

  override toDOM(): HTMLElement {
    const { name, hue, agent } = this.caret;
    const caret = document.createElement("span");
    caret.className = "cm-remote-caret person";
    caret.style.setProperty("--hue", String(hue));
    caret.setAttribute("aria-hidden", "true");
    const flag = document.createElement("span");
    flag.className = "cm-remote-name";
    flag.textContent = agent ? `✦ ${name}` : name;
    if (agent) caret.dataset["agent"] = "";
    if (this.below) caret.dataset["below"] = "";
    caret.append(flag);
    return caret;
  }

  override ignoreEvent(): boolean {
    return true;
  }
}

function decorate(carets: readonly RemoteCaret[], state: EditorState): DecorationSet {
  const ranges: Range<Decoration>[] = [];
  const size = state.doc.length;
  for (const caret of carets) {
    const head = Math.min(caret.head, size);
    const from = Math.min(caret.anchor, head);
    const to = Math.min(Math.max(caret.anchor, head), size);
    if (from < to) ranges.push(Decoration.mark({ class: `cm-remote-selection cm-hue-${Math.round(caret.hue / 30) % 12}` }).range(from, to));
    const below = state.doc.lineAt(head).number === 1;
    ranges.push(Decoration.widget({ widget: new CaretWidget({ ...caret, head }, below), side: head < caret.anchor ? -1 : 1 }).range(head));
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

const flashField = StateField.define<DecorationSet>({
  create: () => Decoration.none,
  update(value, transaction) {
    let next = value.map(transaction.changes);
    for (const effect of transaction.effects) {
      if (effect.is(flash)) next = effect.value === null ? Decoration.none : Decoration.set(Decoration.line({ class: "cm-meant" }).range(effect.value));
    }
    return next;
  },
  provide: (field) => EditorView.decorations.from(field),
});

class BlameMarker extends GutterMarker {
  constructor(
    readonly blamed: Blamed,
    readonly first: boolean,
  ) {
    super();
  }

  override eq(other: BlameMarker): boolean {
    return this.blamed.name === other.blamed.name && this.blamed.when === other.blamed.when && this.first === other.first;
  }

  override toDOM(): HTMLElement {
    const span = document.createElement("span");
    span.className = "cm-blamed person";
    span.style.setProperty("--hue", String(this.blamed.hue));
    span.textContent = this.first ? `${this.blamed.name} · ${this.blamed.when}` : "\u00a0";
    return span;
  }
}

const hues = Object.fromEntries(Array.from({ length: 12 }, (_, i) => [`.cm-hue-${i}`, { "--hue": String(i * 30) }]));

const theme = EditorView.theme({
  "&": { height: "100%", fontSize: "14px", color: "var(--ink)", backgroundColor: "var(--surface)" },
  "&.cm-focused": { outline: "none" },
  ".cm-scroller": { fontFamily: "var(--mono)", lineHeight: "1.6" },
  ".cm-content": { padding: "12px 0 40vh", caretColor: "var(--ink)" },
  ".cm-line": { padding: "0 16px 0 8px" },
  ".cm-gutters": { backgroundColor: "var(--surface)", color: "var(--code-comment)", border: "0" },
  ".cm-lineNumbers .cm-gutterElement": { padding: "0 8px 0 12px", minWidth: "36px" },
  ".cm-activeLine": { backgroundColor: "transparent" },
  ".cm-activeLineGutter": { backgroundColor: "transparent", color: "var(--ink)" },
  "&.cm-focused .cm-activeLine": { backgroundColor: "color-mix(in srgb, var(--ink) 4%, transparent)" },
  ".cm-cursor": { borderLeftColor: "var(--ink)", borderLeftWidth: "2px" },
  "& .cm-selectionBackground, &.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground": {
    background: "color-mix(in srgb, var(--accent) 22%, transparent)",
  },
  "&.cm-focused .cm-matchingBracket": { backgroundColor: "color-mix(in srgb, var(--accent) 18%, transparent)" },
  ".person, .cm-remote-selection": { "--who": "oklch(var(--who-l) var(--who-c) var(--hue))" },
  ...hues,
  ".cm-remote-selection": { backgroundColor: "color-mix(in srgb, var(--who) 22%, transparent)" },
  ".cm-remote-caret": {
    position: "relative",
    display: "inline-block",
    width: "0",
    height: "1.2em",
    verticalAlign: "text-bottom",
    boxShadow: "0 0 0 1px var(--who)",
    pointerEvents: "none",
  },
  ".cm-remote-name": {
    position: "absolute",
    bottom: "100%",
    left: "-1px",
    padding: "0 6px",
    borderRadius: "4px 4px 4px 0",
    backgroundColor: "var(--who)",
    color: "var(--surface)",
    font: "600 11px/16px var(--font)",
    whiteSpace: "nowrap",
    zIndex: "5",
  },
  ".cm-remote-caret[data-agent] .cm-remote-name": { outline: "1px dashed var(--surface)", outlineOffset: "-2px", padding: "0 8px" },
  ".cm-remote-caret[data-below] .cm-remote-name": { bottom: "auto", top: "100%", borderRadius: "0 4px 4px 4px" },
  ".cm-blame": { borderRight: "1px solid var(--line)", minWidth: "128px" },
  ".cm-blamed": { display: "block", padding: "0 8px", font: "12px/22px var(--font)", color: "var(--who)", borderLeft: "3px solid var(--who)", whiteSpace: "nowrap" },
  ".cm-meant": { backgroundColor: "var(--warn-wash)", boxShadow: "inset 3px 0 0 var(--warn)" },
});

/** As high as its text, up to a measure. */
const inline = EditorView.theme({
  "&": { height: "auto", maxHeight: "520px" },
  ".cm-content": { padding: "10px 0" },
});

const colours = HighlightStyle.define([
  { tag: [tags.keyword, tags.modifier, tags.operatorKeyword], color: "var(--code-keyword)" },
  { tag: [tags.string, tags.special(tags.string), tags.regexp], color: "var(--code-string)" },
  { tag: [tags.number, tags.bool, tags.null], color: "var(--code-number)" },
  { tag: [tags.comment, tags.docComment], color: "var(--code-comment)", fontStyle: "italic" },
  { tag: [tags.function(tags.variableName), tags.definition(tags.function(tags.variableName)), tags.typeName, tags.className, tags.propertyName], color: "var(--code-name)" },
]);

export class CodeView {
  readonly view: EditorView;
  private readonly writable = new Compartment();
  private readonly language = new Compartment();
  private readonly margin = new Compartment();

  constructor(
    host: HTMLElement,
    label: string,
    text: string,
    full: boolean,
    private readonly hooks: CodeHooks,
  ) {
    const root = host.shadowRoot ?? host.attachShadow({ mode: "open" });
    this.view = new EditorView({
      root,
      parent: root,
      state: EditorState.create({
        doc: text,
        extensions: [
          this.margin.of([]),
          lineNumbers(),
          history(),
          drawSelection(),
          indentOnInput(),
          bracketMatching(),
          crosshairCursor(),
          highlightActiveLine(),
          highlightActiveLineGutter(),
          EditorState.allowMultipleSelections.of(true),
          keymap.of([...defaultKeymap.filter(({ key }) => key !== "Mod-Enter"), ...historyKeymap, indentWithTab]),
          this.language.of([]),
          theme,
          full ? [] : inline,
          syntaxHighlighting(colours),
          caretField,
          flashField,
          this.writable.of([]),
          EditorView.scrollMargins.of(() => ({ top: 40, bottom: 64 })),
          window.matchMedia("(max-width: 760px)").matches ? EditorView.lineWrapping : [],
          EditorView.contentAttributes.of({
            "aria-label": label,
            "aria-description": "Escape, then Tab, leaves the editor.",
            tabindex: "0",
            spellcheck: "false",
            autocapitalize: "off",
          }),
          EditorView.clipboardInputFilter.of((pasted) => pasted.replaceAll("\0", "").replace(/\p{Surrogate}/gu, "\uFFFD")),
          EditorView.updateListener.of((update) => this.updated(update)),
          EditorView.domEventHandlers({ scroll: () => hooks.scrolled() }),
        ],
      }),
    });
  }

  get text(): string {
    return this.view.state.doc.toString();
  }

  /** Put in what others changed; caret, selection, scroll and undo stay the person's. */
  change(splices: Splices): void {
    if (splices.length === 0) return;
    this.view.dispatch({
      changes: splices.map(([position, del, insert]) => ({ from: position, to: position + del, insert })),
      annotations: [remote.of(true), Transaction.addToHistory.of(false)],
    });
  }

  /** Make the text what the draft says, with the smallest change. */
  read(text: string): void {
    this.change(differenceOf(this.text, text));
  }

  carets(carets: readonly RemoteCaret[]): void {
    this.view.dispatch({ effects: setCarets.of(carets) });
  }

  /** Of these carets, those that are out of sight. */
  beyond(carets: readonly RemoteCaret[]): Beyond[] {
    const { scrollTop, clientHeight } = this.view.scrollDOM;
    const size = this.view.state.doc.length;
    return carets.flatMap((caret): Beyond[] => {
      const at = Math.min(caret.head, size);
      const block = this.view.lineBlockAt(at);
      const line = this.view.state.doc.lineAt(at).number;
      if (block.bottom < scrollTop) return [{ caret, where: "above", line }];
      return block.top > scrollTop + clientHeight ? [{ caret, where: "below", line }] : [];
    });
  }

  /** Scroll a position into sight; caret and focus stay. */
  reveal(position: number): void {
    const at = Math.min(position, this.view.state.doc.length);
    this.view.dispatch({ effects: EditorView.scrollIntoView(at, { y: "center" }) });
  }

  /** Scroll to a line and mark it. */
  revealLine(number: number): void {
    const line = this.view.state.doc.line(Math.min(Math.max(number, 1), this.view.state.doc.lines));
    this.view.dispatch({ effects: [EditorView.scrollIntoView(line.from, { y: "center" }), flash.of(line.from)] });
  }

  mayType(may: boolean): void {
    this.view.dispatch({ effects: this.writable.reconfigure(may ? [] : [EditorState.readOnly.of(true), EditorView.contentAttributes.of({ "aria-readonly": "true" })]) });
  }

  async speak(language: string): Promise<void> {
    const mode = await languageFor(language);
    this.view.dispatch({ effects: this.language.reconfigure(mode) });
  }

  /** Show in the margin who wrote what; null: nothing. */
  blame(lines: readonly Blamed[] | null): void {
    const { doc } = this.view.state;
    const markers = (lines ?? []).flatMap((blamed) =>
      Array.from({ length: Math.max(0, Math.min(blamed.last, doc.lines) - blamed.first + 1) }, (_, i) =>
        new BlameMarker(blamed, i === 0).range(doc.line(blamed.first + i).from),
      ),
    );
    const set = RangeSet.of(markers, true);
    this.view.dispatch({ effects: this.margin.reconfigure(lines === null ? [] : gutter({ class: "cm-blame", markers: () => set })) });
  }

  undo(): boolean {
    return undo(this.view);
  }

  redo(): boolean {
    return redo(this.view);
  }

  destroy(): void {
    this.view.destroy();
  }

  private updated(update: ViewUpdate): void {
    let byPerson = false;
    for (const transaction of update.transactions) {
      if (transaction.annotation(remote)) continue;
      byPerson ||= transaction.docChanged || transaction.selection !== undefined;
      if (!transaction.docChanged) continue;
      const splices: Splice[] = [];
      transaction.changes.iterChanges((from, to, _fromB, _toB, inserted) => {
        splices.push([from, to - from, inserted.toString()]);
      });
      if (!this.hooks.edited(canonicalSplices(splices))) break;
    }
    if (update.selectionSet || update.docChanged) {
      const { anchor, head } = update.state.selection.main;
      this.hooks.moved(anchor, head, byPerson && update.selectionSet && !update.docChanged);
    }
    if (update.focusChanged) this.hooks.focused(update.view.hasFocus);
    if (update.geometryChanged || update.viewportChanged) this.hooks.scrolled();
  }
}
