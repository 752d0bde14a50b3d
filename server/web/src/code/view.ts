/**
 * The code editor of all pages: how it looks, its languages, its margin, the line that is meant. What ties it to a draft is
 * passed in: the package's binding, or that it can only be read.
 *
 * It lives in a shadow root, where CodeMirror brings its styles as constructed sheets: the page's policy allows no inline
 * styles. Undo is the binding's: CodeMirror's own history is left out.
 */

import { defaultKeymap, indentWithTab } from "@codemirror/commands";
import { bracketMatching, HighlightStyle, indentOnInput, syntaxHighlighting } from "@codemirror/language";
import { Compartment, EditorState, RangeSet, StateEffect, StateField } from "@codemirror/state";
import type { Extension } from "@codemirror/state";
import { crosshairCursor, Decoration, drawSelection, EditorView, gutter, GutterMarker, highlightActiveLine, highlightActiveLineGutter, keymap, lineNumbers } from "@codemirror/view";
import type { DecorationSet, ViewUpdate } from "@codemirror/view";
import { tags } from "@lezer/highlight";
import { alignTo, reveal } from "draftwire/codemirror";
import { languageFor } from "./languages.js";

/** Who wrote some lines, for the margin. */
export interface Blamed {
  first: number;
  last: number;
  name: string;
  who: string; // in full
  when: string;
  hue: number;
}
export interface CodeHooks {
  focused?: (has: boolean) => void;
}

/** As high as what it stands in and scrolling, or as high as its text. */
export type CodeSize = "full" | "inline";

const NARROW = window.matchMedia("(max-width: 760px)");

const flash = StateEffect.define<number | null>();

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

/** Where two texts met and nobody has chosen yet: `from` to `to` in the text as it was told. */
export interface Met {
  id: string;
  from: number;
  to: number;
  title: string;
}

const met = StateEffect.define<readonly Met[]>();

/** Each stays where it is in the text, from when it was first told until it is over. */
const metField = StateField.define<readonly Met[]>({
  create: () => [],
  update(value, { changes, effects, newDoc }) {
    let next = changes.empty ? value : value.map((one) => ({ ...one, from: changes.mapPos(one.from, -1), to: changes.mapPos(one.to, 1) }));
    for (const effect of effects) {
      if (!effect.is(met)) continue;
      const { length } = newDoc;
      next = effect.value.map((one) => next.find(({ id }) => id === one.id) ?? { ...one, from: Math.min(one.from, length), to: Math.min(Math.max(one.from, one.to), length) });
    }
    return next;
  },
  provide: (field) =>
    EditorView.decorations.compute([field, "doc"], (state) => {
      const marks = state.field(field).flatMap(({ from, to, title }) => {
        const [first, last] = [state.doc.lineAt(from).number, state.doc.lineAt(to).number];
        const mark = Decoration.line({ class: "cm-met", attributes: { title } });
        return Array.from({ length: last - first + 1 }, (_, i) => mark.range(state.doc.line(first + i).from));
      });
      return Decoration.set(marks, true);
    }),
});

class BlameMarker extends GutterMarker {
  constructor(
    readonly blamed: Blamed,
    readonly first: boolean,
  ) {
    super();
  }

  override eq(other: BlameMarker): boolean {
    return this.blamed.who === other.blamed.who && this.blamed.when === other.blamed.when && this.first === other.first;
  }

  override toDOM(): HTMLElement {
    const span = document.createElement("span");
    span.className = "cm-blamed person";
    span.style.setProperty("--hue", String(this.blamed.hue));
    const { name, who, when } = this.blamed;
    span.textContent = this.first ? (NARROW.matches ? name : `${name} · ${when}`) : "\u00a0";
    span.title = `${who} · ${when}`;
    return span;
  }
}

const theme = EditorView.theme({
  "&": {
    height: "100%",
    fontSize: "14px",
    color: "var(--ink)",
    backgroundColor: "var(--surface)",
    "--dw-caret-lightness": "var(--who-l)",
    "--dw-caret-chroma": "var(--who-c)",
    "--dw-caret-ink": "var(--surface)",
  },
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
  ".person": { "--who": "oklch(var(--who-l) var(--who-c) var(--hue))" },
  ".cm-blame": { borderRight: "1px solid var(--line)", minWidth: "min(128px, 18vw)" },
  ".cm-blamed": { display: "block", height: "100%", padding: "0 8px", font: "12px/22px var(--font)", color: "var(--who)", borderLeft: "3px solid var(--who)", whiteSpace: "nowrap" },
  ".cm-met": { backgroundColor: "color-mix(in srgb, var(--bad) 9%, transparent)", boxShadow: "inset 3px 0 0 var(--bad)" },
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
  private readonly language = new Compartment();
  private readonly margin = new Compartment();
  private readonly more = new Compartment();

  /** `bound`: the draft's binding, or `readOnly`. */
  constructor(
    host: HTMLElement,
    label: string,
    text: string,
    size: CodeSize,
    bound: Extension,
    private readonly hooks: CodeHooks = {},
  ) {
    const root = host.shadowRoot ?? host.attachShadow({ mode: "open" });
    this.view = new EditorView({
      root,
      parent: root,
      state: EditorState.create({
        doc: text,
        extensions: [
          bound,
          this.margin.of([]),
          this.more.of([]),
          lineNumbers(),
          drawSelection(),
          indentOnInput(),
          bracketMatching(),
          crosshairCursor(),
          highlightActiveLine(),
          highlightActiveLineGutter(),
          EditorState.allowMultipleSelections.of(true),
          keymap.of([...defaultKeymap.filter(({ key }) => key !== "Mod-Enter"), indentWithTab]),
          this.language.of([]),
          size === "full" ? [] : inline, // before the theme: the first of two rules holds
          theme,
          syntaxHighlighting(colours),
          flashField,
          metField,
          EditorView.scrollMargins.of(() => ({ top: 40, bottom: 64 })),
          NARROW.matches ? EditorView.lineWrapping : [],
          EditorView.contentAttributes.of({
            "aria-label": label,
            "aria-description": "Escape, then Tab, leaves the editor.",
            tabindex: "0",
            spellcheck: "false",
            autocapitalize: "off",
          }),
          EditorView.updateListener.of((update) => this.updated(update)),
        ],
      }),
    });
  }

  get text(): string {
    return this.view.state.doc.toString();
  }

  /** What else the text shows: a gutter, marks, suggestions; instead of what was given before. */
  also(extension: Extension): void {
    this.view.dispatch({ effects: this.more.reconfigure(extension) });
  }

  /** Scroll a position into sight; caret and focus stay. */
  reveal(position: number): void {
    reveal(this.view, position);
  }

  /** Scroll so that a line is the first that is seen. */
  alignTo(line: number): void {
    alignTo(this.view, line);
  }

  /** Scroll to a line and mark it. */
  revealLine(number: number): void {
    const line = this.view.state.doc.line(Math.min(Math.max(number, 1), this.view.state.doc.lines));
    this.view.dispatch({ effects: [EditorView.scrollIntoView(line.from, { y: "center" }), flash.of(line.from)] });
  }

  /** Mark where texts met and nobody has chosen yet. */
  met(all: readonly Met[]): void {
    this.view.dispatch({ effects: met.of(all) });
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

  destroy(): void {
    this.view.destroy();
  }

  private updated(update: ViewUpdate): void {
    if (update.focusChanged) this.hooks.focused?.(update.view.hasFocus);
  }
}
