/** `<dw-history>`: who changed what and when. */

import { DraftElement, filled, make, sheetOf } from "./element.js";
import { Problem } from "../index.js";
import type { ActorInfo, DraftEvent } from "../index.js";

const HISTORY_STRINGS = {
  label: "History",
  nothing: "Nothing has been changed yet",
  agent: "AI for {name}",
  imported: "imported by {name}",
  approved: "approved by {name}",
  counts: "{came} came, {went} went",
  older: "Older",
  failed: "The history could not be loaded: {why}",
};
const HISTORY_SHEET = sheetOf(`
ol { border-left: 2px solid var(--_-line); padding-left: 12px; }
li { margin-bottom: 6px; }
li button { display: block; width: 100%; text-align: left; }
.name { font-weight: 600; }
.place { font: 12px var(--_-mono); overflow-wrap: anywhere; }
`);

interface HistoryGroup {
  readonly from: number;
  readonly to: number;
  readonly etag: string;
  readonly actor: ActorInfo;
  readonly ended_at: number;
  readonly places: readonly { readonly at: string }[];
  readonly came: number;
  readonly went: number;
  readonly names?: readonly string[];
  readonly approved_by?: readonly ActorInfo[];
}
interface HistoryPage {
  readonly groups: readonly HistoryGroup[];
  readonly next?: number | null;
}

const REFRESH_AFTER_MS = 2_000; // while people type, at most so often

/** Who changed what and when, the latest first; grows as people type. Choosing an entry tells `dw-state`. */
export class HistoryElement extends DraftElement<typeof HISTORY_STRINGS> {
  private groups: readonly HistoryGroup[] = [];
  private next: number | null = null;
  private problem: string | null = null;
  private loaded = false;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor() {
    super(HISTORY_STRINGS, HISTORY_SHEET);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearTimeout(this.timer);
    this.timer = undefined;
  }

  /** Load the latest entries; those further back stay. */
  async load(): Promise<void> {
    const page = await this.page(null);
    if (page === null) return;
    const oldest = page.groups.at(-1)?.from ?? 0;
    const further = this.groups.filter(({ to }) => to < oldest);
    if (further.length === 0) this.next = page.next ?? null;
    this.groups = [...page.groups, ...further];
    this.drawSoon();
  }

  /** Load entries further back. */
  async older(): Promise<void> {
    const page = this.next === null ? null : await this.page(this.next);
    if (page === null) return;
    this.groups = [...this.groups, ...page.groups];
    this.next = page.next ?? null;
    this.drawSoon();
  }

  private async page(before: number | null): Promise<HistoryPage | null> {
    const { draft } = this;
    if (draft === null) return null;
    const query = new URLSearchParams({ item: draft.item, ...(before === null ? {} : { before: String(before) }) });
    try {
      const page = await draft.request<HistoryPage>(`drafts/${draft.id}/history?${query}`);
      this.problem = null;
      this.loaded = true;
      return page;
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      this.problem = filled(this.strings.failed, { why: error.message });
      this.drawSoon();
      return null;
    }
  }

  protected override begun(): void {
    this.groups = [];
    this.loaded = false;
    void this.load();
  }

  protected heeds({ type }: DraftEvent): boolean {
    if (type === "change" && this.timer === undefined) {
      this.timer = setTimeout(() => {
        this.timer = undefined;
        void this.load();
      }, REFRESH_AFTER_MS);
    }
    return false;
  }

  protected draw(): void {
    const list = make("ol", { "aria-label": this.strings.label }, ...this.groups.map((group) => this.entry(group)));
    const older = make("button", { type: "button", "data-key": "older", click: () => void this.older() }, this.strings.older);
    const parts: HTMLElement[] = this.groups.length > 0 ? [list] : this.loaded ? [make("p", { class: "quiet" }, this.strings.nothing)] : [];
    if (this.problem !== null) parts.push(make("p", { role: "alert" }, this.problem));
    if (this.next !== null) parts.push(older);
    this.root.replaceChildren(...parts);
  }

  private entry(group: HistoryGroup): HTMLElement {
    const { actor, came, went, places, names = [] } = group;
    const by = actor.kind === "agent" ? `✦ ${filled(this.strings.agent, { name: actor.on_behalf_of ?? actor.name })}` : actor.name;
    const approvers = (group.approved_by ?? []).map(({ name }) => name).join(", ");
    const notes = [
      ...(actor.imported_by ? [filled(this.strings.imported, { name: actor.imported_by })] : []),
      ...(approvers === "" ? [] : [filled(this.strings.approved, { name: approvers })]),
    ];
    const who = [by, ...notes].join(", ");
    const when = new Date(group.ended_at * 1000);
    const time = make("time", { datetime: when.toISOString(), class: "quiet" }, when.toLocaleString(document.documentElement.lang || undefined));
    const chosen = (): void => this.tell("dw-state", { draft: this.draft?.id, etag: group.etag, group });
    return make(
      "li",
      { part: "entry" },
      make(
        "button",
        { type: "button", "data-key": `${group.from}`, click: chosen },
        make("span", { class: "name" }, names.length > 0 ? `${who} · ${names.join(", ")}` : who),
        " ",
        time,
        make("div", { class: "quiet" }, filled(this.strings.counts, { came, went })),
        make("div", { class: "quiet place" }, places.map(({ at }) => at).join(" ")),
      ),
    );
  }
}
