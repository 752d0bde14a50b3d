/**
 * A CodeMirror editor on one text leaf of a draft.
 *
 * What the person types becomes ops in the same turn; what others type comes in as changes that leave caret, selection,
 * scroll and undo alone. The editor lives in a shadow root: there CodeMirror brings its styles as constructed sheets,
 * so that the page's policy needs neither inline styles nor a nonce.
 */

import { defaultKeymap, history, historyKeymap, indentWithTab } from "@codemirror/commands";
import { javascript } from "@codemirror/lang-javascript";
import { python } from "@codemirror/lang-python";
import { bracketMatching, HighlightStyle, indentOnInput, indentUnit, syntaxHighlighting } from "@codemirror/language";
import { Annotation, Compartment, EditorState, StateEffect, StateField, Transaction } from "@codemirror/state";
import type { Extension, Range } from "@codemirror/state";
import {
  crosshairCursor,
  Decoration,
  drawSelection,
  EditorView,
  highlightActiveLine,
  highlightActiveLineGutter,
  keymap,
  lineNumbers,
  WidgetType,
} from "@codemirror/view";
import type { DecorationSet, ViewUpdate } from "@codemirror/view";
import { tags } from "@lezer/highlight";
import { canonicalSplices, differenceOf } from "draftwire";
import type { Splice, Splices } from "draftwire";

/** A caret or selection of somebody else. */
export interface RemoteCaret {
  anchor: number;
  head: number;
  name: string;
  hue: string;
  agent: boolean;
}

export interface EditorHooks {
  /** The person changed the text; false: the change could not be taken. */
  edited: (splices: Splices) => boolean;
  /** Caret or selection moved: by the person, or because the text around it changed. */
  moved: (anchor: number, head: number, byPerson: boolean) => void;
  focused: (has: boolean) => void;
}

const remote = Annotation.define<boolean>();
const setCarets = StateEffect.define<readonly RemoteCaret[]>();

class CaretWidget extends WidgetType {
  constructor(
    readonly caret: RemoteCaret,
    readonly below: boolean,
  ) {
    super();
  }

  override eq(other: CaretWidget): boolean {
    return this.caret.head === other.caret.head && this.caret.name === other.caret.name && this.below === other.below;
  }

  override toDOM(): HTMLElement {
    const { name, hue, agent } = this.caret;
    const caret = document.createElement("span");
    caret.className = `cm-remote-caret ${hue}`;
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
    if (from < to) ranges.push(Decoration.mark({ class: `cm-remote-selection ${caret.hue}` }).range(from, to));
    const below = state.doc.lineAt(head).number === 1;
    ranges.push(Decoration.widget({ widget: new CaretWidget(caret, below), side: head < caret.anchor ? -1 : 1 }).range(head));
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

const theme = EditorView.theme({
  "&": { height: "100%", fontSize: "14px", color: "var(--ink)", backgroundColor: "var(--surface)" },
  "&.cm-focused": { outline: "2px solid var(--accent)", outlineOffset: "-2px" },
  ".cm-scroller": { fontFamily: "var(--mono)", lineHeight: "1.6" },
  ".cm-content": { padding: "10px 0 24px", caretColor: "var(--ink)" },
  ".cm-line": { padding: "0 16px 0 8px" },
  ".cm-gutters": { backgroundColor: "var(--surface)", color: "var(--code-comment)", border: "0" },
  ".cm-lineNumbers .cm-gutterElement": { padding: "0 8px 0 12px", minWidth: "28px" },
  ".cm-activeLine": { backgroundColor: "transparent" },
  ".cm-activeLineGutter": { backgroundColor: "transparent", color: "var(--ink)" },
  "&.cm-focused .cm-activeLine": { backgroundColor: "color-mix(in srgb, var(--ink) 4%, transparent)" },
  ".cm-cursor": { borderLeftColor: "var(--ink)", borderLeftWidth: "2px" },
  "& .cm-selectionBackground, &.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground": {
    background: "color-mix(in srgb, var(--accent) 22%, transparent)",
  },
  "&.cm-focused .cm-matchingBracket": { backgroundColor: "color-mix(in srgb, var(--accent) 18%, transparent)" },
  ".who-1": { "--who": "var(--person-1)", "--who-wash": "var(--person-1-wash)" },
  ".who-2": { "--who": "var(--person-2)", "--who-wash": "var(--person-2-wash)" },
  ".who-3": { "--who": "var(--person-3)", "--who-wash": "var(--person-3-wash)" },
  ".who-agent": { "--who": "var(--agent)", "--who-wash": "var(--agent-wash)" },
  ".cm-remote-selection": { backgroundColor: "var(--who-wash)" },
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
    padding: "0 5px",
    borderRadius: "4px 4px 4px 0",
    backgroundColor: "var(--who)",
    color: "var(--surface)",
    font: "600 11px/16px var(--font)",
    whiteSpace: "nowrap",
    zIndex: "5",
    animation: "cm-name-fades 400ms ease-out 4s forwards",
  },
  ".cm-remote-caret[data-agent] .cm-remote-name": { outline: "1px dashed var(--surface)", outlineOffset: "-2px", padding: "0 7px" },
  ".cm-remote-caret[data-below] .cm-remote-name": { bottom: "auto", top: "100%", borderRadius: "0 4px 4px 4px" },
  "@keyframes cm-name-fades": { to: { opacity: "0" } },
  "@media (prefers-reduced-motion: reduce)": { ".cm-remote-name": { animation: "none" } },
});

const colours = HighlightStyle.define([
  { tag: [tags.keyword, tags.modifier, tags.operatorKeyword], color: "var(--code-keyword)" },
  { tag: [tags.string, tags.special(tags.string), tags.regexp], color: "var(--code-string)" },
  { tag: [tags.number, tags.bool, tags.null], color: "var(--code-number)" },
  { tag: [tags.comment, tags.docComment], color: "var(--code-comment)", fontStyle: "italic" },
  { tag: [tags.function(tags.variableName), tags.definition(tags.function(tags.variableName)), tags.typeName, tags.className], color: "var(--code-name)" },
]);

/** The language mode for a language name of a script. */
export function languageFor(name: string): Extension {
  if (/^py/i.test(name)) return [python(), indentUnit.of("    ")];
  if (/^(bun|deno|ts|typescript|node|js|javascript|native)/i.test(name)) return javascript({ typescript: true });
  return [];
}

export class TextEditor {
  readonly view: EditorView;
  private readonly writable = new Compartment();

  constructor(
    host: HTMLElement,
    label: string,
    text: string,
    language: Extension,
    private readonly hooks: EditorHooks,
  ) {
    const root = host.shadowRoot ?? host.attachShadow({ mode: "open" });
    this.view = new EditorView({
      root,
      parent: root,
      state: EditorState.create({
        doc: text,
        extensions: [
          lineNumbers(),
          history(),
          drawSelection(),
          indentOnInput(),
          bracketMatching(),
          crosshairCursor(),
          highlightActiveLine(),
          highlightActiveLineGutter(),
          EditorState.allowMultipleSelections.of(true),
          keymap.of([...defaultKeymap, ...historyKeymap, indentWithTab]),
          language,
          theme,
          syntaxHighlighting(colours),
          caretField,
          this.writable.of([]),
          EditorView.scrollMargins.of(() => ({ top: 32, bottom: 56 })),
          window.matchMedia("(max-width: 760px)").matches ? EditorView.lineWrapping : [],
          EditorView.contentAttributes.of({
            "aria-label": label,
            "aria-description": "Escape, then Tab, leaves the editor.",
            spellcheck: "false", autocapitalize: "off",
          }),
          EditorView.clipboardInputFilter.of((pasted) => pasted.replaceAll("\0", "").replace(/\p{Surrogate}/gu, "\uFFFD")),
          EditorView.updateListener.of((update) => this.updated(update)),
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

  /** Scroll a position into sight; caret and focus stay. */
  reveal(position: number): void {
    const at = Math.min(position, this.view.state.doc.length);
    this.view.dispatch({ effects: EditorView.scrollIntoView(at, { y: "center" }) });
  }

  mayType(may: boolean): void {
    this.view.dispatch({
      effects: this.writable.reconfigure(may ? [] : [EditorState.readOnly.of(true), EditorView.editable.of(false)]),
    });
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
  }
}
