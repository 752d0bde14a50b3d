/** `<dw-diff>`: what differs between two values of the item. */

import { DraftElement, filled, make, sheetOf, shown } from "./element.js";
import { Problem } from "../index.js";
import type { Change, Comparison, TextHunk, TextLine } from "../index.js";

const DIFF_STRINGS = {
  label: "Changes",
  same: "No changes",
  member_added: "added",
  member_removed: "removed",
  member_changed: "changed",
  element_added: "added",
  element_removed: "removed",
  element_moved: "moved",
  text_changed: "changed",
  removedLine: "removed: ",
  addedLine: "added: ",
  coarse: "Too large to be compared line by line.",
  failed: "The changes could not be loaded: {why}",
};
const DIFF_SHEET = sheetOf(`
section { border: 1px solid var(--_-line); border-radius: 6px; margin-bottom: 8px; overflow: hidden; }
h3 { font-size: 13px; padding: 6px 10px; border-bottom: 1px solid var(--_-line); display: flex; gap: 8px; justify-content: space-between; }
.line { display: grid; grid-template-columns: 3.5em 3.5em 1.5em 1fr; font: 12px/1.6 var(--_-mono); }
.line > span { padding: 0 4px; color: var(--_-quiet); text-align: right; }
.line > pre { font: inherit; }
.added { background: var(--_-added); }
.removed { background: var(--_-removed); }
.hunk + .hunk { border-top: 1px dashed var(--_-line); }
mark { background: none; color: inherit; text-decoration: underline; text-underline-offset: 2px; font-weight: 700; }
.value { padding: 6px 10px; }
`);

/** What differs between two values of the item; deployed and this draft if nothing else is set. Moves are moves. */
export class DiffElement extends DraftElement<typeof DIFF_STRINGS> {
  /** What is compared, as the server's `diff` takes it. */
  from = "deployed";
  to = "";
  private given: Comparison | null = null;
  private problem: string | null = null;

  constructor() {
    super(DIFF_STRINGS, DIFF_SHEET);
  }

  /** A comparison that was made elsewhere, as by `compare`. */
  set comparison(comparison: Comparison) {
    this.given = comparison;
    this.problem = null;
    this.drawSoon();
    if (this.draft === null) this.render();
  }

  /** Load what differs now. */
  async load(): Promise<void> {
    const { draft } = this;
    if (draft === null) return;
    const query = new URLSearchParams({ from: this.from, to: this.to || draft.id });
    try {
      this.comparison = (await draft.request<{ comparison: Comparison }>(`items/${draft.item}/diff?${query}`)).comparison;
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      this.problem = filled(this.strings.failed, { why: error.message });
      this.drawSoon();
    }
  }

  protected override begun(): void {
    if (this.given === null) void this.load();
  }

  protected heeds(): boolean {
    return false;
  }

  protected draw(): void {
    this.render();
  }

  private render(): void {
    const changes = this.given?.changes ?? [];
    const body =
      this.problem !== null
        ? [make("p", { role: "alert" }, this.problem)]
        : this.given === null
          ? []
          : changes.length === 0
            ? [make("p", { class: "quiet" }, this.strings.same)]
            : changes.map((change) => this.change(change));
    this.root.replaceChildren(make("div", { role: "region", "aria-label": this.strings.label }, ...body));
  }

  private change(change: Change): HTMLElement {
    const title = make("h3", {}, make("span", {}, change.label || change.at), make("span", { class: "quiet" }, this.strings[change.change]));
    const section = make("section", { part: "change" }, title);
    if (change.change === "text_changed") {
      if (change.coarse) section.append(make("p", { class: "value quiet" }, this.strings.coarse));
      for (const hunk of change.hunks) section.append(this.hunk(hunk));
      return section;
    }
    if ("old" in change) section.append(make("pre", { class: "value removed" }, make("span", { class: "spoken" }, this.strings.removedLine), shown(change.old)));
    if ("new" in change) section.append(make("pre", { class: "value added" }, make("span", { class: "spoken" }, this.strings.addedLine), shown(change.new)));
    return section;
  }

  private hunk({ lines }: TextHunk): HTMLElement {
    return make("div", { class: "hunk", tabindex: "0" }, ...lines.map((line) => this.line(line)));
  }

  private line({ kind, text, old, new: now, words = [] }: TextLine): HTMLElement {
    const sign = { same: " ", removed: "−", added: "+" }[kind];
    const said = kind === "same" ? null : make("span", { class: "spoken" }, kind === "added" ? this.strings.addedLine : this.strings.removedLine);
    const parts: (Node | string)[] = [];
    let done = 0;
    for (const [start, end] of words) {
      parts.push(text.slice(done, start), make("mark", {}, text.slice(start, end)));
      done = end;
    }
    const number = (value: number | undefined): HTMLElement => make("span", { "aria-hidden": "true" }, String(value ?? ""));
    return make(
      "div",
      { class: `line ${kind}` },
      number(old),
      number(now),
      make("span", { "aria-hidden": "true" }, sign),
      make("pre", {}, said, ...parts, text.slice(done)),
    );
  }
}
