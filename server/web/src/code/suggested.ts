/**
 * Suggestions inside of the text: what would go is struck through, what would come stands below it, each with its two
 * buttons. Positions move with what is typed until the suggestions are told anew.
 */

import { StateField } from "@codemirror/state";
import type { Extension, Range, Text } from "@codemirror/state";
import { Decoration, EditorView, WidgetType } from "@codemirror/view";
import type { DecorationSet } from "@codemirror/view";

export interface ShownSuggestion {
  id: string;
  who: string;
  hue: number;
  start: number;
  end: number;
  /** What goes and what comes, whole lines. */
  old: string;
  new: string;
  accept: (() => void) | null;
  reject: (() => void) | null;
}

class Coming extends WidgetType {
  constructor(readonly shown: ShownSuggestion) {
    super();
  }

  override eq(other: Coming): boolean {
    return this.shown.id === other.shown.id && this.shown.new === other.shown.new && (this.shown.accept === null) === (other.shown.accept === null);
  }

  override toDOM(): HTMLElement {
    const { who, hue, accept, reject } = this.shown;
    const around = document.createElement("div"); // CodeMirror measures it: no margins
    around.className = "cm-suggested-around";
    const box = document.createElement("div");
    around.append(box);
    box.className = "cm-suggested person";
    box.style.setProperty("--hue", String(hue));
    box.setAttribute("role", "group");
    box.setAttribute("aria-label", `${who} suggests`);
    if (this.shown.new !== "") {
      const text = document.createElement("ins");
      text.textContent = this.shown.new.replace(/\n$/, "");
      box.append(text);
    }
    const foot = document.createElement("div");
    foot.className = "cm-suggested-foot";
    const name = document.createElement("span");
    name.textContent = `✦ ${who} suggests${this.shown.new === "" ? " to remove this" : ""}`;
    foot.append(name, ...button("Accept", accept), ...button("Reject", reject));
    box.append(foot);
    return around;
  }

  override ignoreEvent(): boolean {
    return true;
  }
}

function button(label: string, act: (() => void) | null): HTMLElement[] {
  if (act === null) return [];
  const made = document.createElement("button");
  made.type = "button";
  made.textContent = label;
  made.addEventListener("click", act);
  return [made];
}

function drawn(doc: Text, all: readonly ShownSuggestion[]): DecorationSet {
  const ranges: Range<Decoration>[] = [];
  for (const one of all) {
    const start = Math.min(one.start, doc.length);
    const first = doc.lineAt(start);
    const last = doc.lineAt(Math.min(Math.max(start, one.end - 1), doc.length));
    if (one.old === "") {
      const above = doc.sliceString(first.from, start).trim() === "";
      ranges.push(Decoration.widget({ widget: new Coming(one), block: true, side: above ? -1 : 1 }).range(above ? first.from : first.to));
      continue;
    }
    for (let { number } = first; number <= last.number; number++) ranges.push(Decoration.line({ class: "cm-going" }).range(doc.line(number).from));
    ranges.push(Decoration.widget({ widget: new Coming(one), block: true, side: 1 }).range(last.to));
  }
  return Decoration.set(ranges, true);
}

const theme = EditorView.baseTheme({
  ".cm-going": { backgroundColor: "var(--went)", textDecoration: "line-through", textDecorationColor: "color-mix(in srgb, var(--bad) 55%, transparent)" },
  ".cm-suggested-around": { padding: "2px 16px 6px 0" }, // its text stands under the code
  ".cm-suggested": { borderLeft: "3px solid var(--who)", borderRadius: "0 6px 6px 0", backgroundColor: "var(--came)", overflow: "hidden" },
  ".cm-suggested ins": { display: "block", padding: "4px 5px", fontFamily: "var(--mono)", textDecoration: "none", whiteSpace: "pre-wrap", overflowWrap: "anywhere" },
  ".cm-suggested-foot": { display: "flex", flexWrap: "wrap", alignItems: "center", gap: "8px", padding: "4px 5px", font: "13px/1.4 var(--font)", color: "var(--soft)", borderTop: "1px solid var(--line)" },
  ".cm-suggested-foot span": { color: "var(--who)", fontWeight: "550" },
  ".cm-suggested-foot button": { minHeight: "28px", padding: "0 10px", border: "1px solid var(--line-strong)", borderRadius: "6px", background: "var(--surface)", color: "var(--ink)", font: "inherit", cursor: "pointer" },
  ".cm-suggested-foot button:hover": { borderColor: "var(--accent)" },
  ".cm-suggested-foot button:focus-visible": { outline: "2px solid var(--accent)", outlineOffset: "1px" },
});

/** Show these; a later call of `CodeView.also` replaces them. */
export function suggested(all: readonly ShownSuggestion[]): Extension {
  if (all.length === 0) return [];
  const field = StateField.define<DecorationSet>({
    create: (state) => drawn(state.doc, all),
    update: (value, transaction) => value.map(transaction.changes),
    provide: (own) => EditorView.decorations.from(own),
  });
  return [field, theme];
}
