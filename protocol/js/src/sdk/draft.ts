/**
 * One draft as an application holds it: its value, what may be said of saving it, who is there, one's own undo.
 *
 * Made by `Client.draft`. A change that others made comes as one event for each message, with splices that lead from
 * what was shown to what is there now; so does one's own, with its `origin`, for the other views of the same page.
 * Listeners hear events in the order in which things happened, also if one of them edits.
 */

import type { Caret } from "../session/carets.js";
import type { ClientEvent } from "./events.js";
import { Doc } from "../document/document.js";
import { Problem } from "../errors.js";
import { diff } from "../merge/merge.js";
import type { Alert, Behind, Diagnostic, Lines, MayDo, ParkedText, ParkReason, PresenceEntry, PresenceState, Status, WriterInfo } from "../wire/messages.js";
import type { Effect, Json, JsonObject, Op } from "../document/ops.js";
import { land, Lost } from "../document/rebase.js";
import type { DraftReplica, TextChange } from "../session/replica.js";
import type { Session } from "../session/session.js";
import { lf } from "../text/lines.js";
import { diffText } from "../text/textdiff.js";
import { composeSplices } from "../text/text.js";
import type { Splices } from "../text/text.js";
import { Undo } from "../session/undo.js";
import { same } from "../document/values.js";

/** What each status says to people; `ClientOptions.sentences` replaces any of them. */
export const STATUS_SENTENCES: Readonly<Record<Status, string>> = {
  saved: "All changes are saved.",
  saving: "Saving…",
  waiting: "Not saved yet: the server is slow to take it. {characters} characters are kept here, and are saved as soon as it does.",
  local: "Not connected. Your changes are kept here and saved when the connection is back.",
  offline: "Not connected. Others' changes are not shown until the connection is back.",
  conflict: "Some of your changes met others'. What could not go in is kept in your stash.",
  refused: "Some of your changes could not be saved. They are kept in your stash.",
  read_only: "You can look at this draft, not change it.",
  signed_out: "You are signed out. Sign in again to go on saving.",
  gone: "This draft is not open to you any more. You can still copy what is shown.",
};

export type DraftEvent =
  | {
      readonly type: "change";
      /** Splices by leaf, each in coordinates of what was shown before this event. */
      readonly text: readonly TextChange[];
      /** Something else than text has changed too: read anew what you show. */
      readonly structural: boolean;
      /** Who did it, as far as known; empty for one's own. */
      readonly by: readonly WriterInfo[];
      readonly own: boolean;
      /** What `edit` was told; undefined for what others did. */
      readonly origin: unknown;
      readonly cause: "edit" | "undo" | "redo" | "others";
    }
  | { readonly type: "status"; readonly status: Status }
  | { readonly type: "presence" }
  | { readonly type: "carets" }
  | { readonly type: "alerts" }
  | { readonly type: "behind" }
  | { readonly type: "diagnostics" }
  | { readonly type: "undo" } // what can be undone or redone is other than before
  | { readonly type: "parked"; readonly reason: ParkReason; readonly code: string; readonly texts: readonly ParkedText[] }
  | { readonly type: "rewound"; readonly ops: readonly Op[] };

/** A value that changes: what React's `useSyncExternalStore` takes. `get` gives one object until it has changed. */
export interface Store<T> {
  readonly get: () => T;
  readonly subscribe: (changed: () => void) => () => void;
}

export interface EditOptions {
  /** Who edits: comes back in the event, so that a view need not take in its own change. */
  origin?: unknown;
}

/** Where this person is, for the others. */
export interface Whereabouts {
  at?: string;
  anchor?: number;
  head?: number;
  state?: PresenceState;
  /** What is done there, in at most 120 characters, and in which lines. */
  doing?: string;
  lines?: Lines;
  /** Only the text around it has moved: nothing is sent for that alone. */
  carried?: boolean;
}

/** What a draft asks of the client that made it. */
export interface DraftClient {
  readonly session: Session;
  readonly sentences: Readonly<Record<Status, string>>;
  edit(draft: string, ops: readonly Op[], options?: EditOptions): void;
  focus(where: Focus): void;
  refocus(where: Focus): void;
  request(path: string, init?: RequestInit): Promise<Response>;
  onDelivery(listener: (events: readonly ClientEvent[]) => void): () => void;
}

type Focus = Parameters<Session["refocus"]>[0];
type Listener = (event: DraftEvent) => void;
type Cause = Extract<DraftEvent, { type: "change" }>["cause"];

const WITH_STATE: ReadonlySet<string> = new Set(["alert", "opened"]);

export class DraftHandle {
  readonly id: string;
  readonly item: string;
  private readonly listeners = new Set<Listener>();
  private readonly history = new Undo();
  private readonly events: DraftEvent[] = [];
  private telling = false;
  private told: Status;
  private couldUndo = "";
  private shown: Doc;
  private generation: number;
  private cause: Cause = "edit";
  private replica: DraftReplica;

  /** Made by `Client.draft`. */
  constructor(
    private readonly client: DraftClient,
    replica: DraftReplica,
    private readonly left: () => void,
  ) {
    this.id = replica.id;
    this.item = replica.item;
    this.replica = replica;
    this.shown = replica.view;
    this.generation = replica.generation;
    this.told = this.status;
  }

  // ---------------------------------------------------------------- what is there

  /** The whole document as it is shown: others' edits and one's own, saved or not. Nobody may change it. */
  get value(): JsonObject {
    return this.replica.view.value;
  }

  /** What stands at an address, undefined if nothing does: `/summary`, `m3/value/content`. */
  get(at: string): Json | undefined {
    return this.replica.view.get(at);
  }

  /** A text leaf; raises Problem `not_text` if there is none at the address. */
  text(at: string): string {
    const text = this.get(at);
    if (typeof text !== "string" || this.replica.view.place(at)?.text !== true) throw new Problem("not_text", at);
    return text;
  }

  /** The draft's copy underneath, with its seq, versions and shape. */
  get copy(): DraftReplica {
    return this.replica;
  }

  get may(): MayDo {
    return this.replica.may;
  }

  get status(): Status {
    return this.client.session.status(this.id);
  }

  /** The status in a sentence for people; `{characters}` in it says how much is not saved. */
  get sentence(): string {
    const sentence = this.client.sentences[this.status];
    return sentence.includes("{characters}") ? sentence.replaceAll("{characters}", String(this.backlog)) : sentence;
  }

  /** How much the server does not have yet, in characters. */
  get backlog(): number {
    return this.replica.backlog;
  }

  /** The other sessions at this item: people and AI sessions. */
  get presence(): readonly PresenceEntry[] {
    const { session } = this.client;
    const all = [...(session.presence.get(this.item)?.values() ?? [])];
    return all.filter(({ sid }) => sid !== session.welcome?.sid);
  }

  /** Where the others are in this draft, in coordinates of what is shown. */
  get carets(): readonly Caret[] {
    return this.client.session.carets(this.id);
  }

  /** The open alerts, oldest first. */
  get alerts(): readonly Alert[] {
    return this.client.session.alerts(this.id);
  }

  /** The deployed version that this draft is behind of; null if it is not. */
  get behind(): Behind | null {
    return this.client.session.behind(this.id);
  }

  /** What stands in the way of a deploy. */
  get diagnostics(): readonly Diagnostic[] {
    return this.client.session.diagnostics(this.id);
  }

  /** This session's public id: which of an alert's sides is mine. */
  get sid(): string {
    return this.client.session.welcome?.sid ?? "";
  }

  /** Hide an alert here; `request` its resolution to end it for all. */
  dismissAlert(alert: string): void {
    this.client.session.dismissAlert(this.id, alert);
    this.tell({ type: "alerts" });
  }

  /** Ask the server over HTTP, below its workspace: `request("drafts/…/history")`. Rejects with a Problem. */
  async request<T>(path: string, init: RequestInit = {}): Promise<T> {
    const { welcome } = this.client.session;
    if (welcome === null) throw new Problem("unavailable");
    const answer = await this.client.request(`/v1/w/${welcome.workspace}/${path}`, init);
    const body = answer.status === 204 ? null : ((await answer.json()) as { code?: string; detail?: string });
    if (!answer.ok) throw new Problem(body?.code ?? "internal", body?.detail, body);
    return body as T;
  }

  // ---------------------------------------------------------------- editing

  /** Change the draft; it reads so when this returns. Raises Problem, and changes nothing, if an op does not fit. */
  edit(ops: readonly Op[], options: EditOptions = {}): void {
    if ((ops as readonly Op[] | null)?.length !== 0) this.client.edit(this.id, ops, options);
  }

  /** Make a text leaf read `text`, by the smallest change; CRLF and CR become LF. Raises Problem. */
  replaceText(at: string, text: string, options: EditOptions = {}): void {
    const s = diffText(this.text(at), lf(text));
    if (s.length > 0) this.edit([{ op: "text", at, s }], options);
  }

  get canUndo(): boolean {
    return this.history.canUndo;
  }

  get canRedo(): boolean {
    return this.history.canRedo;
  }

  /** Take back one's own latest edit, and nobody else's; false if there is none. Raises Problem. */
  undo(): boolean {
    return this.turn("undo");
  }

  /** Do again what was undone last; false if there is nothing. Raises Problem. */
  redo(): boolean {
    return this.turn("redo");
  }

  /** What is typed next is an entry of its own in the undo stack. */
  seal(): void {
    this.history.seal();
  }

  private turn(cause: "undo" | "redo"): boolean {
    if (this.may !== "type") throw new Problem(this.replica.why ?? "read_only");
    const ops = this.history[cause](this.replica.view, this.replica.w);
    if (ops !== null) {
      this.cause = cause;
      try {
        this.client.edit(this.id, ops);
      } finally {
        this.cause = "edit";
      }
    }
    this.tellUndo();
    return ops !== null;
  }

  /** Whether the others see that this person is at the item. */
  get present(): boolean {
    return this.client.session.isAt(this.item);
  }

  /** Say where this person is. */
  focus({ at, anchor, head, state = "editing", doing, lines, carried = false }: Whereabouts): void {
    const spot = at === undefined ? {} : { at, anchor: anchor ?? 0, head: head ?? anchor ?? 0 };
    const told = { ...(doing === undefined ? {} : { doing }), ...(lines === undefined ? {} : { lines }) };
    const where = { item: this.item, draft: this.id, state, ...spot, ...told };
    if (carried) this.client.refocus(where);
    else this.client.focus(where);
  }

  /**
   * Resolve when the server has all that was typed so far and what was typed meanwhile. Rejects with a Problem when some
   * of it went to the stash instead, or the draft is gone.
   */
  saved(): Promise<void> {
    return new Promise((done, fail) => {
      const check = (): boolean => {
        if (this.status === "gone") fail(new Problem(this.replica.why ?? "gone"));
        else if (this.replica.hasPending || !this.replica.live) return false;
        else done();
        return true;
      };
      if (check()) return;
      const stop = this.client.onDelivery((events) => {
        const parked = events.find((event) => event.type === "parked" && event.draft.id === this.id);
        if (parked?.type === "parked") fail(new Problem(parked.code));
        if (parked !== undefined || check()) stop();
      });
    });
  }

  // ---------------------------------------------------------------- following

  /** Call `listener` with everything that happens to the draft; the answer ends it. */
  on(listener: Listener): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** What stands at an address, as a store; `""` is the whole document. */
  store(at: string): Store<Json | undefined> {
    return this.select(() => this.get(at));
  }

  /** Anything that is read off the draft, as a store. */
  select<T>(read: (draft: DraftHandle) => T): Store<T> {
    let last: { readonly value: T } | null = null;
    const get = (): T => {
      const value = read(this);
      if (last === null || !same(last.value as Json, value as Json)) last = { value };
      return last.value;
    };
    const subscribe = (changed: () => void): (() => void) => {
      let seen = get();
      return this.on(() => {
        const now = get();
        if (now === seen) return;
        seen = now;
        changed();
      });
    };
    return { get, subscribe };
  }

  /** Leave the draft. What is unsent goes on to the server as long as another handle is open; wait for `saved` first. */
  close(): void {
    this.listeners.clear();
    this.left();
  }

  // ---------------------------------------------------------------- what the client tells

  /** An edit of this client was done to `before`. */
  edited(before: Doc, ops: readonly Op[], options: EditOptions): void {
    const { view, w } = this.replica;
    if (this.cause === "edit") this.history.record(before, ops, w, Date.now());
    this.shown = view;
    this.tell({ type: "change", ...changeBy(before, ops, w), by: [], own: true, origin: options.origin, cause: this.cause });
    this.tellUndo();
  }

  /** Everything that one message, or one step of the clock, has brought. */
  delivered(events: readonly ClientEvent[]): void {
    this.replica = this.client.session.draft(this.id) ?? this.replica;
    const mine = events.filter((event) => !("draft" in event) || (typeof event.draft !== "string" && event.draft?.id === this.id));
    this.followChanges(mine);
    for (const type of new Set(mine.map((event) => event.type))) {
      if (type === "carets" || type === "behind" || type === "diagnostics") this.tell({ type });
      if (WITH_STATE.has(type)) this.tell({ type: "alerts" });
    }
    for (const event of mine) {
      if (event.type === "presence" && event.item === this.item) this.tell({ type: "presence" });
      else if (event.type === "rewound") this.tell({ type: "rewound", ops: event.ops });
      else if (event.type === "parked") {
        const { reason, code, texts } = event;
        this.tell({ type: "parked", reason, code, texts });
      }
    }
    this.tellStatus();
  }

  private followChanges(events: readonly ClientEvent[]): void {
    const { view, generation, w } = this.replica;
    if (view === this.shown) return;
    const before = reshaped(this.shown, view);
    this.shown = view;
    if (generation !== this.generation || before === null) this.history.clear();
    this.generation = generation;
    const changes = events.filter((event) => event.type === "changed");
    const by = [...new Set(changes.map((event) => event.by).filter((writer) => writer !== null))];
    let change: DocumentChange = { text: [], structural: true };
    if (before !== null) {
      const spliced = changes.some(({ structural }) => structural) ? null : splicedTo(before, changes.flatMap(({ text }) => text), view, w);
      const effects = effectsOf(before, spliced ?? diff(before, view.value), w);
      this.history.foreign(before, effects);
      change = changeOf(effects);
    }
    if (change.text.length > 0 || change.structural) {
      this.tell({ type: "change", ...change, by, own: false, origin: undefined, cause: "others" });
    }
    this.tellUndo();
  }

  private tellStatus(): void {
    const { status } = this;
    if (status === this.told) return;
    this.told = status;
    this.tell({ type: "status", status });
  }

  private tellUndo(): void {
    const can = `${this.canUndo} ${this.canRedo}`;
    if (can === this.couldUndo) return;
    this.couldUndo = can;
    this.tell({ type: "undo" });
  }

  private tell(event: DraftEvent): void {
    this.events.push(event);
    if (this.telling) return;
    this.telling = true;
    try {
      for (let next = this.events.shift(); next !== undefined; next = this.events.shift()) {
        for (const listener of [...this.listeners]) listener(next);
      }
    } finally {
      this.telling = false;
    }
  }
}

function effectsOf(before: Doc, ops: readonly Op[], w: number): Effect[] {
  return land(before, ops, w).effects.filter((effect): effect is Effect => !(effect instanceof Lost));
}

/** The splices as ops, if they alone lead from the one document to the other. */
function splicedTo(before: Doc, text: readonly TextChange[], after: Doc, w: number): Op[] | null {
  const ops = text.map(({ at, s }): Op => ({ op: "text", at, s }));
  const landed = land(before, ops, w);
  return same(landed.document.value, after.value) ? ops : null;
}

/** What was shown, in the shape of what is shown now; null if it does not fit that. */
function reshaped(before: Doc, after: Doc): Doc | null {
  if (before.shape === after.shape) return before;
  try {
    return Doc.load(before.value, after.shape);
  } catch (error) {
    if (error instanceof Problem) return null;
    throw error;
  }
}

/** What views have to do after ops that were done to `before`. */
export function changeBy(before: Doc, ops: readonly Op[], w: number): DocumentChange {
  return changeOf(effectsOf(before, ops, w));
}

/** What a `change` says of the document. */
export interface DocumentChange {
  readonly text: readonly TextChange[];
  readonly structural: boolean;
}

/** What views have to do: splices by leaf, and whether anything else has changed. */
function changeOf(effects: readonly Effect[]): DocumentChange {
  const whole = new Map<string, Splices>();
  let structural = false;
  for (const { op } of effects) {
    if (op.op === "text") whole.set(op.at, composeSplices(whole.get(op.at) ?? [], op.s));
    else structural = true;
  }
  return { text: [...whole].map(([at, s]) => ({ at, s })), structural };
}
