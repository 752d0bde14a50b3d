/** One person of the demo: a client with its own connection and session, an editor, a status, alerts. */

import { Client, Problem } from "draftwire";
import type { Api, ClientEvent, DraftHandle, ParkedText, Splices, Status } from "draftwire";
import { draftwire, linesInSight } from "draftwire/codemirror";
import { alertCard, concerns, noticeCard, parkedCard, rewoundCard } from "./alerts.js";
import { callsAs, sentence } from "./calls.js";
import { signIn } from "./dev.js";
import type { SignedIn } from "./dev.js";
import { make, say } from "./dom.js";
import { caretName } from "./app/person.js";
import { CodeView } from "./code/view.js";
import { avatar } from "./people.js";
import { Typist } from "./typist.js";

const STATUS: Record<Status, string> = {
  saved: "Saved",
  saving: "Saving",
  waiting: "Not saved yet",
  local: "Kept here, not sent",
  offline: "Offline",
  conflict: "Needs a look",
  refused: "Refused, text kept",
  read_only: "Read only",
  signed_out: "Signed out",
  gone: "Gone",
};
const QUIET: readonly Status[] = ["saved", "saving"]; // flips of these are not spoken

export interface PaneHooks {
  /** Something worth a line in the log. */
  note: (text: string) => void;
  /** Presence, counters or the connection have news. */
  changed: () => void;
}

export class Pane {
  readonly element: HTMLElement;
  client: Client | null = null;
  draft: DraftHandle | null = null;
  signed: SignedIn | null = null;
  /** What this person asks over HTTP. */
  api: Api | null = null;
  longestMs = 0;
  /** Draft → what this session was told is saved. */
  readonly acked = new Map<string, { batches: number; lastNo: number }>();
  private leaf = "";
  private editor: CodeView | null = null;
  private spoken: Status = "saved";
  private lostAtMs: number | null = null;
  private pluggedMs = 0; // what was typed before, while unplugged on purpose, is no wait
  private readonly face = make("span", { "aria-hidden": "true" }); // in the person's colour, when it is known
  private readonly host = make("div", { class: "host" });
  private readonly status = make("span", { class: "status", "data-status": "offline" }, "Connecting");
  private readonly worker = make("span", { class: "worker" }, "–");
  private readonly alerts = make("div", { class: "alerts", "aria-live": "polite", "aria-relevant": "additions" });
  private readonly voice = make("span", { class: "sr-only", role: "status" });
  private readonly typeSwitch = make("input", { type: "checkbox", role: "switch" });
  private readonly plugSwitch = make("input", { type: "checkbox", role: "switch" });
  private readonly typist: Typist;
  private readonly cards = new Map<string, HTMLElement>();
  private lost: { texts: ParkedText[]; card: HTMLElement | null } = { texts: [], card: null }; // by a rewind

  constructor(
    readonly login: string,
    readonly name: string,
    voice: 0 | 1,
    private readonly hooks: PaneHooks,
  ) {
    const title = `pane-${login}`;
    this.typist = new Typist(
      () => this.editor?.view ?? null,
      () => this.language(),
      voice,
    );
    this.element = make(
      "section",
      { class: "pane", "aria-labelledby": title },
      make("div", { class: "pane-head" }, this.face, make("h2", { id: title }, name), this.status),
      this.host,
      make(
        "div",
        { class: "pane-foot" },
        make("label", { class: "switch" }, this.typeSwitch, "Type for me"),
        make("label", { class: "switch" }, this.plugSwitch, "Unplug"),
        this.worker,
      ),
      this.alerts,
      this.voice,
    );
    this.typeSwitch.addEventListener("change", () => {
      if (this.typeSwitch.checked) this.typist.begin();
      else this.typist.stop();
    });
    this.plugSwitch.addEventListener("change", () => this.plug(!this.plugSwitch.checked));
  }

  get sid(): string {
    return this.client?.session.welcome?.sid ?? "";
  }

  /** What the editor shows. */
  get text(): string | null {
    return this.editor?.text ?? null;
  }

  get workerName(): string | null {
    return this.client?.state === "open" ? (this.client.session.welcome?.worker ?? null) : null;
  }

  /** Sign in and connect. */
  async connect(): Promise<Api> {
    const signed = await signIn(this.login);
    let first: string | null = signed.token;
    this.signed = signed;
    this.api = callsAs({ token: () => signed.token, workspace: () => signed.workspace });
    this.client = new Client({
      client: "draftwire-demo/0.1",
      token: async () => {
        const token = first ?? (await signIn(this.login)).token;
        first = null;
        return token;
      },
    });
    this.client.on((event) => this.take(event));
    this.client.connect();
    return this.api;
  }

  /** Follow the shared draft of an item and put an editor on its longest text. */
  async show(item: string): Promise<void> {
    const { client } = this;
    if (client === null) return;
    this.draft?.close();
    this.draft = null;
    this.editor?.destroy();
    this.editor = null;
    this.lost = { texts: [], card: null };
    const draft = await client.draft({ item, purpose: "shared" });
    this.draft = draft;
    this.leaf = longestText(draft);
    if (typeof draft.get(this.leaf) !== "string") throw new Problem("not_text", "This item has no text to type in.");
    const bound = draftwire(draft, this.leaf, { nameOf: caretName, refused: (problem) => this.refused(problem) });
    this.editor = new CodeView(this.host, `${this.name}’s editor`, draft.text(this.leaf), "full", bound);
    void this.editor.speak(this.language());
    draft.on((event) => {
      if (event.type !== "change") return;
      for (const { at, s } of event.own ? [] : event.text) if (at === this.leaf) this.typist.follow((position) => mapped(position, s));
    });
    this.showStatus(draft.status);
    for (const alert of draft.alerts) this.showAlert(draft.id, alert.id);
    this.hooks.changed();
  }

  /** Show where somebody is, without moving the person's own caret; false: they have no caret here. */
  reveal(actor: string): boolean {
    const caret = this.draft?.carets.find(({ at, entry }) => at === this.leaf && entry.actor.id === actor);
    if (caret !== undefined) this.editor?.reveal(caret.head);
    return caret !== undefined;
  }

  /** Whether the person, or the typist for them, works in this editor. */
  get busy(): boolean {
    return this.typeSwitch.checked || this.host.contains(document.activeElement);
  }

  /** The first line in sight, from 1. */
  get firstLine(): number {
    return this.editor === null ? 1 : linesInSight(this.editor.view)[0];
  }

  /** Let the typist type for the person, or not. */
  letType(on: boolean): void {
    if (this.typeSwitch.checked !== on) this.typeSwitch.click();
  }

  private language(): string {
    const value = this.draft?.value["language"];
    if (typeof value === "string") return value;
    return this.leaf.endsWith(".py") ? "python" : "typescript";
  }

  private plug(on: boolean): void {
    this.pluggedMs = performance.now();
    if (on) this.client?.connect();
    else this.client?.close();
    this.hooks.note(on ? `${this.name} plugged the network in again` : `${this.name} pulled the network plug, and goes on typing`);
  }

  private refused(problem: Problem): void {
    if (problem.code !== "too_large") return;
    const detail = "Nothing was changed. Text of this size is saved as a whole document, over HTTP.";
    this.alerts.prepend(noticeCard("That is too large for one edit", detail, () => this.editor?.view.focus()));
  }

  // ---------------------------------------------------------------- from the client

  private take(event: ClientEvent): void {
    switch (event.type) {
      case "connection":
        this.connection(event);
        break;
      case "welcome":
        this.face.replaceChildren(avatar(event.welcome.actor));
        say(this.worker, event.welcome.worker);
        if (this.lostAtMs !== null) {
          const ms = Math.round(performance.now() - this.lostAtMs);
          this.lostAtMs = null;
          this.hooks.note(`${this.name} is back on ${event.welcome.worker} after ${ms} ms`);
        }
        this.hooks.changed();
        break;
      case "carets":
      case "presence":
        this.hooks.changed();
        break;
      case "acked": {
        const told = this.acked.get(event.draft.id) ?? { batches: 0, lastNo: 0 };
        this.acked.set(event.draft.id, { batches: told.batches + 1, lastNo: Math.max(told.lastNo, event.no) });
        if (event.waitedMs < performance.now() - this.pluggedMs) this.longestMs = Math.max(this.longestMs, event.waitedMs);
        this.hooks.changed();
        break;
      }
      case "status":
        if (event.draft.id === this.draft?.id) this.showStatus(event.status);
        break;
      case "alert":
        this.showAlert(event.draft.id, event.alert.id);
        break;
      case "rewound":
        if (event.draft.id === this.draft?.id) this.showRewound(event.draft.id);
        break;
      case "parked":
        if (event.texts.length > 0) this.showParked(event);
        break;
      case "retrying":
        this.hooks.note(`${this.name}: not now (${event.code}), trying again`);
        break;
      case "error":
        this.hooks.note(`${this.name}: ${event.message}`);
        break;
      default:
        break;
    }
  }

  private connection(event: ClientEvent & { type: "connection" }): void {
    if (event.state === "waiting" && this.lostAtMs === null) {
      this.lostAtMs = performance.now();
      this.hooks.note(`${this.name} lost the connection${event.code === undefined ? "" : ` (code ${event.code})`}`);
    }
    if (event.state === "closed") this.lostAtMs = null;
    if (event.state !== "open") say(this.worker, event.state === "closed" ? "unplugged" : "connecting");
    if (event.state === "closed" && event.code !== undefined) say(this.worker, `closed, code ${event.code}`);
    this.hooks.changed();
  }

  private showStatus(status: Status): void {
    this.status.dataset["status"] = status;
    say(this.status, STATUS[status]);
    const quiet = QUIET.includes(status);
    if (!quiet || !QUIET.includes(this.spoken)) {
      if (status !== "saving") say(this.voice, `${this.name}: ${STATUS[status]}`);
    }
    if (status !== "saving") this.spoken = status;
  }

  private showAlert(draft: string, id: string): void {
    if (draft !== this.draft?.id) return;
    const alert = this.draft.alerts.find((other) => other.id === id);
    const known = this.cards.get(id);
    if (alert === undefined || !concerns(alert, this.sid)) {
      known?.remove();
      this.cards.delete(id);
      return;
    }
    const card = alertCard(alert, this.sid, () => {
      this.cards.delete(id);
      void this.resolve(draft, id);
      this.editor?.view.focus();
    });
    this.cards.set(id, card);
    if (known === undefined) {
      this.alerts.prepend(card);
      this.hooks.note(`${this.name} was alerted: ${card.getAttribute("aria-label") ?? ""}`);
    } else known.replaceWith(card);
  }

  /** Tell the server that this alert is dealt with; it tells the other one. */
  private async resolve(draft: string, id: string): Promise<void> {
    if (this.api === null) return;
    try {
      await this.api.alerts.resolve(id);
      this.hooks.note(`${this.name} resolved an alert, for both`);
    } catch (error) {
      if (!(error instanceof Problem) || error.status !== 404) {
        this.hooks.note(`${this.name}: the alert could not be resolved (${sentence(error)})`);
        this.showAlert(draft, id);
        return;
      }
    }
    this.client?.session.dismissAlert(draft, id); // it has ended, whether or not the message has come
  }

  /** Offer what the server lost: one card for all of it, what was unsent included. */
  private showRewound(draft: string): void {
    const { texts, card } = this.lost;
    this.lost = { texts: [], card: null };
    card?.remove();
    this.alerts.prepend(
      rewoundCard(
        texts,
        () => this.bringBack(draft),
        () => {
          this.client?.dismissParked(draft);
          this.editor?.view.focus();
        },
      ),
    );
    this.hooks.note(`${this.name}: the server lost what it had saved, here is a copy`);
  }

  private bringBack(draft: string): boolean {
    try {
      this.client?.bringBack(draft);
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      this.hooks.note(`${this.name}: not now (${error.message})`);
      return false;
    }
    this.editor?.view.focus();
    return true;
  }

  private showParked(event: ClientEvent & { type: "parked" }): void {
    const why = event.reason === "refused" ? "The server refused it." : "It could not be merged without a choice.";
    const card = parkedCard(event.texts, why, () => {
      this.client?.dismissParked(event.draft.id);
      this.editor?.view.focus();
    });
    if (event.reason === "rewound") {
      this.lost.card?.remove();
      this.lost = { texts: [...this.lost.texts, ...event.texts], card };
    }
    this.alerts.prepend(card);
    this.hooks.note(`${this.name}: text was put into the stash (${event.code})`);
  }
}

function mapped(position: number, splices: Splices): number {
  let shift = 0;
  for (const [at, del, insert] of splices) {
    if (at > position) break;
    shift += insert.length - Math.min(del, position - at);
  }
  return position + shift;
}

/** The address of the draft's longest text leaf; the empty string if there is none. */
function longestText({ copy }: DraftHandle): string {
  let best = "";
  let size = -1;
  const walk = (value: unknown, address: string, place: ReturnType<DraftHandle["copy"]["view"]["place"]>): void => {
    if (place === null) return;
    if (typeof value === "string") {
      if (place.text && value.length > size) [best, size] = [address, value.length];
    } else if (Array.isArray(value)) {
      if (place.keyed) for (const element of value as { id: string }[]) walk(element, escaped(element.id), place.element());
    } else if (typeof value === "object" && value !== null) {
      for (const [name, member] of Object.entries(value)) walk(member, `${address}/${escaped(name)}`, place.member(name));
    }
  };
  walk(copy.view.value, "", copy.view.place(""));
  return best;
}

function escaped(token: string): string {
  return token.replaceAll("~", "~0").replaceAll("/", "~1");
}
