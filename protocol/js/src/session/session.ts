/**
 * A client's session over all its connections, without I/O and without a clock: messages in, messages and events out.
 *
 * Owns which drafts and channels are followed, who is where, and the order of what is sent; what happens to one draft is
 * `DraftChannel`'s. Whoever drives it calls `connected` on a new connection, `receive` for every message,
 * `disconnected` at its end, `tick` a few times a second, and sends what `takeOutgoing` gives after each of these.
 */

import type { Caret } from "./carets.js";
import { CLOSE, mayPass, Problem } from "../errors.js";
import type {
  Alert,
  Behind,
  ClientMessage,
  Diagnostic,
  Focus,
  Item,
  Open,
  Park,
  Presence,
  PresenceEntry,
  PresenceState,
  Purpose,
  ServerMessage,
  State,
  Status,
  Welcome,
} from "../wire/messages.js";
import type { Op } from "../document/ops.js";
import { DraftReplica } from "./replica.js";
import type { SavedReplica } from "./replica.js";
import { DraftChannel } from "./draft.js";
import type { SessionEvent } from "./events.js";
import { Line } from "./line.js";

export type { SessionEvent } from "./events.js";

const FOCUS_EVERY_MS = 100;
const SEEN_EVERY_MS = 1_000;

export interface SessionOptions {
  /** 128 random bits, URL-safe; one load of a page, one run of an agent. */
  session: string;
  /** Random keys of batches. */
  newKey: () => string;
  client: string;
  run: string | null;
  /** An agent acts with the person's token: its label. */
  agent?: string | null;
}

/** What is left of one draft of a session when its page ends before all is sent: plain data, for a journal. */
export interface Unsent {
  readonly session: string;
  readonly resume: string;
  readonly attempt: number;
  readonly replica: SavedReplica;
  readonly parks: readonly Park[];
}

type Where = Omit<Focus, "t" | "seq"> & { state: PresenceState; draft?: string };
type OfDraft = ServerMessage & { t: "piece" | "opened" | "ops" | "refused" | "alert" | "diagnostics" | "behind" | "reset" | "may" };

const NOBODY: ReadonlyMap<string, PresenceEntry> = new Map();

export class Session {
  readonly id: string;
  attempt = 0;
  resume: string | null = null;
  visible = true;
  readonly items = new Map<string, Item>();
  /** Item → public session id → who is there. */
  readonly presence = new Map<string, Map<string, PresenceEntry>>();
  readonly presenceUnknown = new Set<string>();
  private readonly line: Line;
  private readonly opening = new Map<number, DraftChannel>(); // asked for, no whole state yet
  private readonly channels = new Map<string, DraftChannel>();
  private readonly subscribed = new Map<string, number | null>();
  private inHello = new Set<string>(); // channels that this connection's hello asked for
  private focusWanted: Where | null = null;
  private focusLast: Where | null = null;
  private focusMs = -Infinity;
  private seenMs = -Infinity;

  constructor(private readonly options: SessionOptions) {
    this.id = options.session;
    this.line = new Line(options.newKey);
  }

  /** What the server said last when it let the session in. */
  get welcome(): Welcome | null {
    return this.line.welcome;
  }

  /** Whether the server does not let this session in as it is. */
  get signedOut(): boolean {
    return this.line.signedOut;
  }

  // ---------------------------------------------------------------- what is followed

  /** Follow a draft, named or chosen by the server; the number comes back in `opened` or `failed`. */
  open(what: { item?: string; draft?: string; purpose?: Purpose }): number {
    const ask: Open = { t: "open", ref: this.line.ref(), ...what };
    this.opening.set(ask.ref, new DraftChannel(this.line, ask));
    this.line.say(ask);
    return ask.ref;
  }

  /** The ids of the followed drafts. */
  get drafts(): string[] {
    return [...this.channels].filter(([, { replica }]) => replica !== null).map(([id]) => id);
  }

  /** The copy of a followed draft. */
  draft(id: string): DraftReplica | null {
    return this.channels.get(id)?.replica ?? null;
  }

  /** Which head a draft is behind, if it is. */
  behind(draft: string): Behind | null {
    return this.channels.get(draft)?.behind ?? null;
  }

  /** What stands in the way of a deploy, as the server said last. */
  diagnostics(draft: string): readonly Diagnostic[] {
    return this.channels.get(draft)?.diagnostics ?? [];
  }

  /** The alerts of a draft that are open, oldest first. */
  alerts(draft: string): Alert[] {
    const alerts = [...(this.channels.get(draft)?.alerts.values() ?? [])];
    return alerts.sort((a, b) => a.opened_at - b.opened_at);
  }

  /** Where the other sessions are in a draft, in coordinates of its view. */
  carets(draft: string): Caret[] {
    const channel = this.channels.get(draft);
    if (!channel?.replica) return [];
    return channel.caretsInView(this.presence.get(channel.replica.item) ?? NOBODY);
  }

  /** Follow `item:<id>` or `workspace:<id>`. */
  subscribe(channel: string): void {
    this.subscribed.set(channel, null);
    this.line.say({ t: "subscribe", ref: this.line.ref(), channel });
  }

  /** Leave `draft:<id>`, `item:<id>` or `workspace:<id>`. */
  leave(channel: string): void {
    this.subscribed.delete(channel);
    const [kind, id] = split(channel);
    if (kind === "draft") this.channels.delete(id);
    if (kind === "item") this.forgetItem(id);
    this.line.say({ t: "close", channel });
  }

  private forgetItem(item: string): void {
    this.items.delete(item);
    this.presence.delete(item);
  }

  // ---------------------------------------------------------------- what outlives the page

  /** Whether anything of a draft is in nobody's hands but this session's. */
  hasUnsent(draft: string): boolean {
    return (this.draft(draft)?.hasPending ?? false) || this.line.parks(draft);
  }

  /** What of a draft is in nobody's hands but this session's; null if there is nothing. */
  unsent(draft: string): Unsent | null {
    const replica = this.draft(draft);
    if (replica === null || this.resume === null || !this.hasUnsent(draft)) return null;
    const parks = this.line.parksOf(draft);
    return { session: this.id, resume: this.resume, attempt: this.attempt, replica: replica.save(), parks };
  }

  /** Go on with what an earlier load of the page left of this very session; before the first connection. */
  restore({ resume, attempt, replica: saved, parks }: Unsent): void {
    this.resume = resume;
    this.attempt = Math.max(this.attempt, attempt);
    const channel = new DraftChannel(this.line, { t: "open", ref: this.line.ref(), item: saved.item, draft: saved.draft });
    channel.replica = DraftReplica.restore(saved);
    this.channels.set(saved.draft, channel);
    this.line.takeParks(parks);
  }

  // ---------------------------------------------------------------- the connection

  /** A connection stands: what to say first. */
  connected(token: string | null): ClientMessage[] {
    this.attempt++;
    this.line.greeted = false;
    this.line.outgoing.length = 0;
    this.inHello = new Set(this.subscribed.keys());
    const names = (kind: string): string[] =>
      [...this.subscribed.keys()].filter((channel) => channel.startsWith(kind + ":")).map((channel) => split(channel)[1]);
    const drafts = [...this.channels.values()].map((channel) => channel.have()).filter((have) => have !== null);
    return [
      {
        t: "hello",
        session: this.id,
        attempt: this.attempt,
        client: this.options.client,
        ...(this.resume === null ? {} : { resume: this.resume }),
        ...(token === null ? {} : { token }),
        ...(this.options.run === null ? {} : { run: this.options.run }),
        ...(this.options.agent == null ? {} : { agent: this.options.agent }),
        ...(drafts.length > 0 ? { drafts } : {}),
        ...(names("item").length > 0 ? { items: names("item") } : {}),
        ...(names("workspace").length > 0 ? { workspaces: names("workspace") } : {}),
      },
    ];
  }

  /** The connection ended: nothing is lost, nothing is saved. */
  disconnected(code?: number): SessionEvent[] {
    this.line.cut();
    if (code === CLOSE.NO_AUTH || code === CLOSE.FORBIDDEN) this.line.signedOut = true;
    for (const channel of [...this.opening.values(), ...this.channels.values()]) channel.cut();
    for (const [draft, { replica }] of this.channels) {
      if (replica === null) this.channels.delete(draft); // cut in the midst of its first state: it is asked for again
    }
    return this.statuses();
  }

  /** What is to be sent now, in order. */
  takeOutgoing(): ClientMessage[] {
    if (!this.line.greeted) return [];
    for (const channel of this.channels.values()) {
      const edit = channel.takeEdit();
      if (edit !== null) this.line.outgoing.push(edit);
    }
    return this.line.take();
  }

  /** Time passes: retries, caret and seen messages that waited, "saved" that is no longer known. */
  tick(nowMs: number): SessionEvent[] {
    this.line.nowMs = nowMs;
    for (const channel of this.channels.values()) channel.tick();
    this.line.tick();
    this.sendFocus();
    this.sendSeen();
    return this.statuses();
  }

  // ---------------------------------------------------------------- what the person does

  /** Change a draft; its view has it when this returns. Raises Problem if the ops don't fit. */
  edit(draft: string, ops: readonly Op[], nowMs: number): SessionEvent[] {
    this.line.nowMs = nowMs;
    const [channel, replica] = this.known(draft);
    channel.edit(replica, ops);
    return this.statuses();
  }

  /**
   * Do what `rewound` offers, merged with what was written since; where both changed, the stash has it. Raises Problem,
   * and changes nothing, if the draft can't be typed in or it is too large for an edit.
   */
  bringBack(draft: string, nowMs: number): SessionEvent[] {
    this.line.nowMs = nowMs;
    const [channel, replica] = this.known(draft);
    const changed = channel.bringBack(replica);
    return changed.length > 0 ? [...changed, ...this.statuses()] : [];
  }

  private known(draft: string): [DraftChannel, DraftReplica] {
    const channel = this.channels.get(draft);
    if (!channel?.replica) throw new Problem("not_found");
    return [channel, channel.replica];
  }

  /** Say where this session is, in coordinates of the view; sent at most ten times a second, and not while typing. */
  focus(where: Where): void {
    this.focusWanted = this.focusLast = where;
    this.sendFocus();
  }

  /** Whether it says that it is at an item. */
  isAt(item: string): boolean {
    return this.focusLast?.item === item;
  }

  /** The same place reads otherwise after a foreign change; nothing is sent for that alone, nor of who never said to be there. */
  refocus(where: Where): void {
    if (this.focusLast === null) return;
    this.focusLast = where;
    if (this.focusWanted !== null) this.focusWanted = where;
  }

  /** The person has looked at what was parked. */
  dismissParked(draft: string): SessionEvent[] {
    this.channels.get(draft)?.dismissParked();
    return this.statuses();
  }

  /** Hide an alert here; what the server knows of it stays. */
  dismissAlert(draft: string, alert: string): void {
    this.channels.get(draft)?.alerts.delete(alert);
  }

  private sendFocus(): void {
    const where = this.focusWanted;
    if (where === null || !this.line.greeted || this.line.nowMs - this.focusMs < FOCUS_EVERY_MS) return;
    const replica = where.draft === undefined ? null : this.draft(where.draft);
    if (where.draft !== undefined && (replica === null || !replica.live)) return;
    if (replica?.hasPending) return; // an edit implies its caret; after it, positions count in a seq again
    this.focusWanted = null;
    this.focusMs = this.line.nowMs;
    const message: Focus = { t: "focus", ...where };
    this.line.outgoing.push(replica === null ? message : { ...message, seq: replica.seq });
  }

  private sendSeen(): void {
    if (!this.visible || !this.line.greeted || this.line.nowMs - this.seenMs < SEEN_EVERY_MS) return;
    for (const channel of this.channels.values()) {
      const seen = channel.takeSeen();
      if (seen === null) continue;
      this.seenMs = this.line.nowMs;
      this.line.outgoing.push(seen);
    }
  }

  // ---------------------------------------------------------------- what the server says

  /** Take one message. */
  receive(message: ServerMessage, nowMs: number): SessionEvent[] {
    this.line.nowMs = nowMs;
    const events = this.read(message);
    return [...events, ...this.statuses()];
  }

  private read(message: ServerMessage): SessionEvent[] {
    switch (message.t) {
      case "welcome":
        return this.welcomed(message);
      case "state":
        return this.state(message);
      case "presence":
        return this.present(message);
      case "item":
        this.items.set(message.item, message);
        return [{ type: "item", item: message }];
      case "event":
        this.subscribed.set(`workspace:${message.workspace}`, message.number);
        return [{ type: "events", workspace: message.workspace, number: message.number, events: message.events ?? [] }];
      case "ask":
        return [{ type: "asked", ask: message.ask }];
      case "deleted":
        return [{ type: "deleted", deleted: message }];
      case "gone":
        return this.gone(message.channel, message.code ?? "not_found", message.ref ?? 0);
      case "parked":
        return this.parked(message.ref, message.stash);
      case "ping":
        this.line.heardMs = this.line.nowMs;
        this.line.outgoing.push({ t: "pong", n: message.n });
        return [];
      case "answer":
      case "streamed":
      case "run": // of a tool, a stream or a run of an agent: this client has none
      case "bye":
        return [];
      case "error":
        return this.failed(message.ref ?? 0, message.code, message.message);
      default:
        return this.readOfDraft(message);
    }
  }

  private readOfDraft(message: OfDraft): SessionEvent[] {
    const channel = this.channels.get(message.draft);
    // left meanwhile, or never followed
    if (channel === undefined) return message.t === "behind" ? [{ type: "behindElsewhere", behind: message }] : [];
    switch (message.t) {
      case "piece":
        return this.settled(channel.piece(message, (item) => this.entries(item)));
      case "opened":
        return channel.opened(message);
      case "ops":
        return channel.ops(message);
      case "refused":
        return channel.refused(message);
      case "alert":
        return channel.alert(message.alert);
      case "diagnostics":
        return channel.diagnosed(message);
      case "behind":
        return channel.fellBehind(message);
      case "reset":
        return channel.reset(message);
      case "may":
        return channel.mayChanged(message.may, message.why ?? null);
    }
  }

  private welcomed(message: Welcome): SessionEvent[] {
    const { line } = this;
    this.resume = message.resume;
    line.welcome = message;
    line.signedOut = false;
    line.heardMs = line.nowMs;
    if (line.greeted) return [{ type: "welcome", welcome: message }]; // a token was renewed
    line.greeted = true;
    for (const { ask } of this.opening.values()) line.outgoing.push(ask);
    for (const [channel, after] of this.subscribed) {
      if (!this.inHello.has(channel)) line.outgoing.push({ t: "subscribe", ref: line.ref(), channel, after });
    }
    line.parkAgain();
    for (const channel of this.channels.values()) channel.welcomed();
    this.focusWanted ??= this.focusLast;
    return [{ type: "welcome", welcome: message }];
  }

  private state(message: State): SessionEvent[] {
    let known = this.channels.get(message.draft);
    if (!known?.replica) known = this.opening.get(message.ref ?? 0) ?? known; // else there is one copy, with all that is pending
    if (known === undefined) return []; // left meanwhile
    this.channels.set(message.draft, known);
    return this.settled(known.state(message, this.entries(message.item)));
  }

  /** A state that came whole answers what asked for it. */
  private settled(events: SessionEvent[]): SessionEvent[] {
    for (const event of events) if (event.type === "opened") this.opening.delete(event.ref);
    return events;
  }

  private parked(ref: number, stash: string): SessionEvent[] {
    const draft = this.line.parked(ref);
    if (draft === null) return [];
    this.channels.get(draft)?.parked();
    return [{ type: "stashed", draft, stash }];
  }

  private gone(channel: string, code: string, ref: number): SessionEvent[] {
    const events: SessionEvent[] = [{ type: "gone", channel, code }];
    const [kind, id] = split(channel);
    const followed = kind === "draft" ? this.channels.get(id) : undefined;
    if (this.opening.delete(ref) || followed?.asks(ref)) events.push({ type: "failed", ref, code, message: code });
    this.subscribed.delete(channel);
    if (kind === "item") this.forgetItem(id);
    return [...events, ...(followed?.ended(code) ?? [])];
  }

  private entries(item: string): Iterable<PresenceEntry> {
    return (this.presence.get(item) ?? NOBODY).values();
  }

  private present(message: Presence): SessionEvent[] {
    const here = message.full ? new Map<string, PresenceEntry>() : (this.presence.get(message.item) ?? new Map());
    this.presence.set(message.item, here);
    if (message.unknown) this.presenceUnknown.add(message.item);
    else this.presenceUnknown.delete(message.item);
    for (const sid of message.gone ?? []) here.delete(sid);
    for (const entry of message.here ?? []) here.set(entry.sid, entry);
    const events: SessionEvent[] = [{ type: "presence", item: message.item }];
    for (const channel of this.channels.values()) {
      if (channel.replica?.item === message.item) events.push(...channel.present(message.here ?? []));
    }
    return events;
  }

  private failed(ref: number, code: string, message: string): SessionEvent[] {
    if (this.line.parkFailed(ref, code)) return [{ type: "error", code, message }];
    if (this.opening.delete(ref)) return [{ type: "failed", ref, code, message }];
    for (const [draft, channel] of this.channels) {
      if (!channel.asks(ref) || mayPass(code)) continue; // what may pass is asked for again when it does not come
      return [{ type: "failed", ref, code, message }, { type: "gone", channel: `draft:${draft}`, code }, ...channel.ended(code)];
    }
    return [{ type: "error", code, message }];
  }

  // ---------------------------------------------------------------- status

  /** What may be said of saving, now. */
  status(draft: string): Status {
    return this.channels.get(draft)?.status() ?? "gone";
  }

  private statuses(): SessionEvent[] {
    return [...this.channels.values()].flatMap((channel) => channel.statusChanged());
  }
}

function split(channel: string): [kind: string, id: string] {
  const colon = channel.indexOf(":");
  return [channel.slice(0, colon), channel.slice(colon + 1)];
}
