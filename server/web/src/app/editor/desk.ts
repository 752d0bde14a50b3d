/**
 * One item on the desk: which of its drafts is looked at, what the session says of it, and what can be done with it.
 *
 * Owns no pixels. Components read its signals; `structure` counts changes after which the document must be read anew,
 * `touched` every change. Whoever shows a text leaf binds it to `source`: the draft, or with autosave off the edits that stay
 * here. What replaces text says how it is undone, and never undoes anybody else's text.
 */

import { batch, signal } from "@preact/signals";
import { Doc, invert, Problem, randomId, Shape } from "draftwire";
import type {
  Alert,
  AskInfo,
  Behind,
  Caret,
  ClientEvent,
  Diagnostic,
  DraftEvent,
  DraftHandle,
  DraftReplica,
  LeafGone,
  Op,
  ParkedText,
  PresenceEntry,
  rest,
  Status,
  TextSource,
} from "draftwire";
import { api } from "../api.js";
import { live } from "../session.js";
import { Suggestions } from "../suggestions.js";
import { LocalEdits } from "./local.js";
import { copy, toast } from "./toasts.js";
import type { KindDefinition } from "./types.js";

const SETTLED_WITHIN_MS = 10_000; // what is typed is normally saved in a fraction of a second
const RESTRUCTURE_MS = 250; // texts of others that don't touch the structure are counted at most so often

const BACK_FIRST_MS = 2_000; // what is gone is asked for again, later and later: it may be brought back, or a right given
const BACK_MOST_MS = 30_000;
const PRESENT_MS = 80; // people and carets around the text are drawn anew at most so often; those in it by the frame

/** What is looked at: a draft that is followed live, or a value that never changes. */
export type View =
  | { kind: "draft" }
  | { kind: "version"; version: rest.Version }
  | { kind: "state"; etag: string; label: string };

export class Desk {
  readonly look = signal<rest.ItemState | null>(null);
  readonly kind = signal<KindDefinition | null>(null);
  readonly draft = signal<DraftReplica | null>(null);
  readonly view = signal<View>({ kind: "draft" });
  readonly fixed = signal<Doc | null>(null); // of a view that never changes
  readonly failed = signal<string | null>(null);
  readonly structure = signal(0);
  readonly touched = signal(0);
  readonly status = signal<Status>("saving");
  readonly may = signal<"look" | "type">("look");
  readonly alerts = signal<readonly Alert[]>([]);
  readonly behind = signal<Behind | null>(null);
  readonly diagnostics = signal<readonly Diagnostic[]>([]);
  readonly here = signal<readonly PresenceEntry[]>([]);
  readonly carets = signal<readonly Caret[]>([]);
  readonly asks = signal<readonly AskInfo[]>([]);
  readonly parked = signal<readonly ParkedText[]>([]);
  readonly lost = signal(false); // the server went back to an older copy
  readonly deleted = signal<string | null>(null);
  readonly following = signal<string | null>(null); // a session's sid
  readonly leaf = signal<string | null>(null); // the text leaf that is shown
  readonly local = signal<LocalEdits | null>(null); // with autosave off
  readonly undone = signal<string | null>(null); // where one's own undo or redo changed a text last
  readonly suggestions = signal<Suggestions | null>(null); // of AI sessions, for the draft
  readonly client = live();
  private handle: DraftHandle | null = null;
  private readonly off: () => void;
  private offLocal = (): void => undefined;
  private touchTimer: number | undefined;
  private presentTimer: number | undefined;
  private backTimer: number | undefined;
  private closed = false;
  private allowed = false; // to type, after one asked; not said yet

  constructor(readonly item: string) {
    this.off = this.client.on((event) => this.take(event));
    this.client.subscribe(`item:${item}`);
  }

  close(): void {
    this.closed = true;
    window.clearTimeout(this.touchTimer);
    window.clearTimeout(this.presentTimer);
    window.clearTimeout(this.backTimer);
    this.off();
    this.leaveDraft();
    this.client.leave(`item:${this.item}`);
  }

  get sid(): string {
    return this.client.session.welcome?.sid ?? "";
  }

  /** The user's own id, as the server says it. */
  get user(): string {
    return this.client.session.welcome?.actor.user ?? "";
  }

  /** What is shown. */
  get doc(): Doc | null {
    if (this.view.value.kind !== "draft") return this.fixed.value;
    return this.local.value?.doc ?? this.draft.value?.view ?? null;
  }

  /** What a text leaf is bound to; null where nothing ever changes. */
  get source(): TextSource | null {
    return this.view.value.kind === "draft" ? (this.local.value ?? this.handle) : null;
  }

  /** Whether one may type here, now. */
  get typable(): boolean {
    if (this.view.value.kind !== "draft") return false;
    if (this.local.value !== null) return true;
    return this.may.value === "type" && !["read_only", "signed_out", "gone"].includes(this.status.value);
  }

  /** The exact state that the server has confirmed. */
  get etag(): string {
    const draft = this.draft.value;
    return draft === null ? "" : `g${draft.generation}.s${draft.seq}.${draft.mark}`;
  }

  get head(): number {
    return this.look.value?.head?.number ?? 0;
  }

  // ---------------------------------------------------------------- what is looked at

  /** Look at the item: at a draft of it by its id, or at the one that the server chooses. */
  async open(draft: string | null): Promise<void> {
    try {
      const look = await api.items.get(this.item);
      const { definition } = await api.kinds.get(look.kind);
      if (this.closed) return;
      batch(() => {
        this.look.value = look;
        this.kind.value = definition as unknown as KindDefinition;
      });
      await this.openDraft(draft);
    } catch (error) {
      if (!this.closed) this.failed.value = error instanceof Problem ? error.code : "internal";
    }
  }

  private async openDraft(id: string | null): Promise<void> {
    this.leaveDraft();
    let handle: DraftHandle;
    try {
      handle = await this.client.draft({ item: this.item, ...(id === null ? {} : { draft: id }), present: false });
    } catch (error) {
      if (id !== null || this.closed) throw error;
      await this.lookAtVersion(this.head); // who may see no draft sees what is deployed
      return;
    }
    if (this.closed) {
      handle.close();
      return;
    }
    this.handle = handle;
    handle.on((event) => this.told(event));
    const { session } = this.client;
    const draft = handle.copy;
    const suggestions = new Suggestions(draft.id, this.item);
    batch(() => {
      this.suggestions.value = suggestions;
      this.view.value = { kind: "draft" };
      this.draft.value = draft;
      this.may.value = draft.may;
      this.status.value = session.status(draft.id);
      this.alerts.value = session.alerts(draft.id);
      this.behind.value = session.behind(draft.id);
      this.diagnostics.value = session.diagnostics(draft.id);
      this.keepLocal(LocalEdits.kept(draft));
      this.structure.value++;
    });
    this.present();
    this.focus(null);
  }

  /** Look at a version, as it was deployed; 0 is what the item began with. */
  async lookAtVersion(number: number): Promise<void> {
    const look = this.look.value ?? (await api.items.get(this.item));
    const kind = this.kind.value;
    const version = number === 0 ? null : await api.versions.get(this.item, number);
    const value = version?.value ?? look.value ?? {};
    if (this.closed) return;
    batch(() => {
      this.look.value = look;
      this.fixed.value = Doc.load(value, shapeOf(kind));
      this.view.value = { kind: "version", version: version ?? NEVER };
      this.structure.value++;
    });
  }

  /** Look at the draft as it was. */
  async lookAtState(etag: string, label: string): Promise<void> {
    const draft = this.draft.value;
    if (draft === null) return;
    const past = await api.history.state(draft.id, { at: etag, item: this.item });
    batch(() => {
      this.fixed.value = Doc.load(past.value, draft.view.shape);
      this.view.value = { kind: "state", etag, label };
      this.structure.value++;
    });
  }

  /** Back from a past state to the draft as it is. */
  backToDraft(): void {
    if (this.draft.value === null) return;
    batch(() => {
      this.view.value = { kind: "draft" };
      this.fixed.value = null;
      this.structure.value++;
    });
  }

  private leaveDraft(): void {
    this.offLocal();
    this.suggestions.value?.close();
    this.suggestions.value = null;
    this.draft.value = null;
    this.handle?.close(); // what is unsent still goes
    this.handle = null;
  }

  // ---------------------------------------------------------------- edits

  /** Change what is shown; false: it could not be taken, and a sentence says why. */
  edit(ops: readonly Op[]): boolean {
    const { source } = this;
    if (source === null || !this.typable) return false;
    try {
      source.edit(ops);
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      this.refused(error);
      queueMicrotask(() => this.reread());
      return false;
    }
    return true;
  }

  /** Say why an edit was not taken. */
  refused(problem: Problem): void {
    toast({ text: problem.code === "too_large" ? "That is too large for one edit. Nothing was changed." : "That did not fit any more. Look again." });
  }

  /** A text that is shown was removed by somebody, or is no text any more: it can still be copied. */
  leafGone(gone: LeafGone | null): void {
    if (gone === null || gone.own) return;
    const what = gone.at.split("/").at(-1) ?? gone.at;
    const text = gone.code === "no_such_place" ? `${what} was removed while you were in it.` : `${what} is no text any more: somebody has put something else in its place.`;
    toast({ text, seconds: 30, undo: () => copy(gone.text), label: "Copy what stood there" });
  }

  /** Take back one's own latest edit, wherever in the draft it was; never anybody else's. */
  turn(way: "undo" | "redo"): void {
    if (this.typable) this.source?.[way]();
  }

  /** The same, with an Undo that takes back just these ops; false: they were not done. */
  editWithUndo(ops: readonly Op[], text: string): boolean {
    const before = this.doc;
    if (before === null) return false;
    let document = before;
    const effects = [];
    for (const op of ops) {
      const applied = document.apply(op, this.draft.value?.w ?? 0);
      if (applied.effect === null) return false;
      effects.push(applied.effect);
      document = applied.document;
    }
    const back = invert(effects);
    const done = this.edit(ops);
    if (done) toast({ text, undo: () => void this.edit(back) });
    return done;
  }

  /** Everything typed has come to the server. Raises Problem after a while. */
  async settled(): Promise<string> {
    const began = performance.now();
    while (this.draft.value?.hasPending) {
      if (performance.now() - began > SETTLED_WITHIN_MS) throw new Problem("unavailable", "Not everything is saved yet. Try again in a moment.");
      await new Promise((done) => setTimeout(done, 50));
    }
    return this.etag;
  }

  /** Do over HTTP what replaces text of this draft; an Undo brings back just what it changed. */
  async replace(act: (draft: string) => Promise<rest.Rebased>, said: string): Promise<void> {
    const draft = this.draft.value;
    if (draft === null) return;
    const before = await this.settled();
    const { etag: after } = await act(draft.id);
    toast({ text: said, ...(after === before ? {} : { undo: () => this.takeBack(draft.id, before, after) }) });
  }

  /** Bring back what changed between two states of a draft, and nothing that anybody wrote since. */
  async takeBack(draft: string, before: string, after: string): Promise<void> {
    const diff = await api.items.diff(this.item, { from: `${draft}@${before}`, to: `${draft}@${after}` });
    const only = (diff.parts ?? []).map((part) => part.id);
    if (only.length === 0) return;
    try {
      await api.deploys.revert(draft, { etag: before, only });
      toast({ text: "It is as it was before." });
    } catch (error) {
      if (!(error instanceof Problem) || error.code !== "parts_changed") throw error;
      toast({ text: "Somebody has written there since. The old text is in the history, to be looked at and brought back." });
    }
  }

  /** Make a version of exactly the state that was reviewed. */
  async deploy(etag: string, message: string, more: { override?: number } = {}): Promise<rest.Deployed> {
    const draft = this.draft.value;
    if (draft === null) throw new Problem("not_found");
    const before = this.head;
    const made = await api.deploys.deploy(draft.id, { etag, expected_version: before, message, item: this.item, ...more }, { idempotencyKey: randomId() });
    if (made.unchanged) toast({ text: `This is what version ${made.version} says: nothing to deploy.` });
    else this.offerRollBack(made.version, before);
    return made;
  }

  /** For half a minute, one click away; later in the history. */
  offerRollBack(version: number, before: number): void {
    const text = `Version ${version} is live.`;
    if (before === 0) toast({ text });
    else toast({ text, seconds: 30, undo: () => this.redeploy(before, version, `Roll back of version ${version}`), label: `Roll back to ${before}` });
  }

  async redeploy(number: number, head: number, message: string): Promise<void> {
    const made = await api.deploys.redeploy(this.item, number, { expected_version: head, message });
    toast({ text: made.unchanged ? `That is what is live already.` : `Version ${made.version} is live: it says what version ${number} said.` });
  }

  // ---------------------------------------------------------------- where one is

  /** Say where this session is. */
  focus(spot: { at: string; anchor: number; head: number; editing: boolean } | null): void {
    const draft = this.draft.value;
    if (draft === null || this.local.value !== null) {
      this.client.focus({ item: this.item, state: "viewing" });
    } else if (spot === null) this.client.focus({ item: this.item, state: "viewing", draft: draft.id });
    else {
      const { editing, ...where } = spot;
      this.client.focus({ item: this.item, draft: draft.id, state: editing ? "editing" : "viewing", ...where });
    }
  }

  /** Keep edits in this browser from now on, or send them again as they are typed. */
  setAutosave(on: boolean): void {
    const draft = this.draft.value;
    if (draft === null) return;
    if (on && this.local.value !== null && !this.local.value.changed) this.dropLocal();
    else if (!on && this.local.value === null) {
      this.keepLocal(LocalEdits.begin(draft, this.etag));
      this.focus(null);
    }
  }

  dropLocal(): void {
    this.local.value?.forget();
    this.keepLocal(null);
    this.reread();
  }

  /** From now on edits go here, and to nobody else; null: they are sent again. */
  keepLocal(edits: LocalEdits | null): void {
    this.offLocal();
    if (edits !== null) this.offLocal = edits.on((event) => this.told(event));
    this.local.value = edits;
  }

  dismissAlert(id: string): void {
    const draft = this.draft.value;
    if (draft === null) return;
    this.client.session.dismissAlert(draft.id, id);
    this.alerts.value = this.client.session.alerts(draft.id);
  }

  dismissParked(): void {
    const draft = this.draft.value;
    batch(() => {
      this.parked.value = [];
      this.lost.value = false;
    });
    if (draft !== null) this.client.dismissParked(draft.id);
  }

  // ---------------------------------------------------------------- from the session

  reread(): void {
    this.structure.value++;
  }

  private touch(structural: boolean): void {
    if (structural) {
      this.structure.value++;
      this.touched.value++;
      return;
    }
    this.touchTimer ??= window.setTimeout(() => {
      this.touchTimer = undefined;
      this.touched.value++;
    }, RESTRUCTURE_MS);
  }

  private take(event: ClientEvent): void {
    const draft = this.draft.value;
    switch (event.type) {
      case "opened":
        if (event.draft.id === draft?.id) this.opened(event.draft);
        break;
      case "status":
        if (event.draft === draft) {
          batch(() => {
            this.status.value = event.status;
            this.may.value = draft.may;
          });
          this.sayAllowed();
          if (event.status === "gone") this.waitForIt(BACK_FIRST_MS);
        }
        break;
      case "alert":
      case "diagnostics":
      case "behind":
        if (event.draft === draft) this.heard();
        break;
      case "carets":
      case "presence":
        this.presentTimer ??= window.setTimeout(() => this.present(), PRESENT_MS);
        break;
      case "item":
        if (event.item.item === this.item && this.look.value !== null) {
          const { head, path, summary, archived, drafts } = event.item;
          this.look.value = { ...this.look.value, head, path, summary, archived, drafts: [...drafts] };
        }
        break;
      case "parked":
        if (event.draft === draft && event.texts.length > 0) this.parked.value = [...this.parked.value, ...event.texts];
        break;
      case "rewound":
        if (event.draft === draft) this.lost.value = true;
        break;
      case "asked":
        if (event.ask.item === this.item) this.asked(event.ask);
        break;
      case "deleted":
        if (event.deleted.item === this.item) {
          this.deleted.value = event.deleted.by.name;
          this.waitForIt(BACK_FIRST_MS);
        }
        break;
      default:
        break;
    }
  }

  /** The draft came whole again: after a reset, or since it is open to this person anew. */
  private opened(draft: DraftReplica): void {
    batch(() => {
      this.draft.value = draft;
      this.deleted.value = null;
      this.may.value = draft.may;
      this.reread();
      this.heard();
    });
  }

  /** It is gone, and what is shown can be copied. If it comes back, so does the editor. */
  private waitForIt(ms: number): void {
    window.clearTimeout(this.backTimer);
    this.backTimer = window.setTimeout(() => {
      this.comeBack().catch((error: unknown) => {
        if (!(error instanceof Problem)) throw error;
        if (!this.closed) this.waitForIt(Math.min(2 * ms, BACK_MOST_MS));
      });
    }, ms);
  }

  private async comeBack(): Promise<void> {
    const look = await api.items.get(this.item);
    const draft = this.draft.value;
    if (this.closed || (draft !== null && this.status.value !== "gone" && this.deleted.value === null)) return;
    const still = draft !== null && look.drafts.some((one) => one.id === draft.id);
    await this.openDraft(still ? draft.id : null);
    batch(() => {
      this.look.value = look;
      this.deleted.value = null;
    });
    this.client.subscribe(`item:${this.item}`);
  }

  /** What is shown has changed. */
  private told(event: DraftEvent): void {
    if (event.type !== "change") return;
    if (event.own) this.following.value = null;
    this.suggestions.value?.changed();
    if (event.cause === "undo" || event.cause === "redo") this.undone.value = event.text[0]?.at ?? null;
    this.touch(event.structural);
  }

  /** What the session knows of the draft beside its text. */
  private heard(): void {
    const draft = this.draft.value;
    if (draft === null) return;
    const { session } = this.client;
    batch(() => {
      this.alerts.value = session.alerts(draft.id);
      this.behind.value = session.behind(draft.id);
      this.diagnostics.value = session.diagnostics(draft.id);
      this.touched.value++;
    });
  }

  private asked(said: AskInfo): void {
    if (said.by.user === this.user) {
      if (said.state === "granted") this.allowed = true;
      this.sayAllowed();
      if (said.state === "declined") toast({ text: "Not now, says the owner of the draft." });
      return;
    }
    const others = this.asks.value.filter((other) => other.id !== said.id);
    this.asks.value = (said.state ?? "open") === "open" ? [...others, said] : others;
  }

  /** Said when it is so: the right comes a moment after the answer. */
  private sayAllowed(): void {
    if (!this.allowed || this.may.value !== "type") return;
    this.allowed = false;
    toast({ text: "You may type now." });
  }

  private present(): void {
    window.clearTimeout(this.presentTimer);
    this.presentTimer = undefined;
    const { session } = this.client;
    const draft = this.draft.value;
    batch(() => {
      this.here.value = [...(session.presence.get(this.item)?.values() ?? [])].filter((entry) => entry.sid !== this.sid);
      this.carets.value = draft === null || this.local.value !== null ? [] : session.carets(draft.id);
    });
    if (this.following.value !== null && !this.here.value.some((entry) => entry.sid === this.following.value)) this.following.value = null;
  }
}

const NEVER: rest.Version = {
  item: "", number: 0, hash: "", content_hash: "", at: 0,
  author: { id: "", kind: "user", name: "", user: "" },
  deployer: { id: "", kind: "user", name: "", user: "" },
}; // prettier-ignore

export function shapeOf(kind: KindDefinition | null): Shape {
  return new Shape(kind?.keyed ?? [], kind?.text ?? []); // to be looked at: nothing is merged with it
}
