/**
 * A session over a real WebSocket: connects, comes back, renews the token. Owns sockets and timers, decides nothing.
 *
 * The session id lives in memory: one load of a page is one writer, also in a duplicated tab; what it leaves unsent is
 * in the journal, and the next load gives it back. The token travels in the first message, never in a URL. A close code
 * below 4500 means "come back": after the time that `bye` named, else with full jitter (base 250 ms, cap 10 s), and at
 * once when the browser says that the network or the page is back. Needs no page: workers and Node have it too.
 */

import { randomId } from "./browser.js";
import { decodeServerMessage, encodeMessage } from "../wire/codec.js";
import { DraftHandle, STATUS_SENTENCES } from "./draft.js";
import type { EditOptions } from "./draft.js";
import type { ClientEvent, ConnectionState } from "./events.js";
import { mayReconnect, Problem } from "../errors.js";
import { holdSession } from "./journal.js";
import type { JournalRecord, NoJournal } from "./journal.js";
import { Keeper } from "./keeper.js";
import { SUBPROTOCOL } from "../wire/messages.js";
import { pauseMs } from "../wire/retries.js";
import type { ClientMessage, ParkedText, PresenceState, Purpose, ServerMessage, Status } from "../wire/messages.js";
import type { Op } from "../document/ops.js";
import type { Api } from "../rest/api.js";
import { callsOf } from "../rest/request.js";
import { textsBetween } from "../session/replica.js";
import type { DraftReplica } from "../session/replica.js";
import { Session } from "../session/session.js";

const TICK_MS = 250;
const WELCOME_WITHIN_MS = 15_000; // a connection that says nothing for that long is given up
const SOCKET_PATH = "/v1/ws";
const RENEW_BEFORE_S = 60;
const OPEN = 1; // WebSocket.OPEN, also of a WebSocket that was passed in

export interface ClientOptions {
  /**
   * The server: `https://drafts.example` or with a base path, also as `wss:`, or the whole address of its WebSocket; the
   * page's own host if absent.
   */
  url?: string;
  /** Gives a token that is valid now; asked at every connect and before the token expires. */
  token: () => string | Promise<string>;
  /** Name and version, for the server's log. */
  client?: string;
  /** The run that this session works for. */
  run?: string;
  /** An agent acts with the person's token: its label. It has at most the person's rights, and is shown as an agent. */
  agent?: string;
  /** Other words for a status than `STATUS_SENTENCES`, for other languages. */
  sentences?: Partial<Record<Status, string>>;
  /** Whether unsent edits are kept in the browser's storage, to be given back by the next load; true if absent. */
  journal?: boolean;
  /** The WebSocket to use where there is none (Node below 22). */
  WebSocket?: typeof WebSocket;
}

interface Followed {
  readonly handle: DraftHandle;
  uses: number;
}

type Listener = (event: ClientEvent) => void;

export class Client {
  readonly session: Session;
  state: ConnectionState = "closed";
  private socket: WebSocket | null = null;
  private readonly listeners = new Set<Listener>();
  private readonly waiting = new Map<number, { done: (draft: DraftReplica) => void; fail: (why: Error) => void }>();
  readonly sentences: Readonly<Record<Status, string>>;
  private readonly deliveries = new Set<(events: readonly ClientEvent[]) => void>();
  private readonly followed = new Map<string, Followed>();
  private readonly leaving = new Set<string>(); // drafts that are left when all of theirs is sent
  private readonly channels = new Set<string>(); // that whoever uses this client subscribed to
  private readonly socketOf: typeof WebSocket | undefined;
  private keeper: Keeper | null = null;
  private keeping: Promise<void> | null = null; // the journal is asked for once
  private givingBack: Promise<void> | null = null;
  private readonly recovering = new Set<Client>();
  private lastToken: string | null = null;
  private calls: Api | null = null;
  private failures = 0;
  private byeAfterMs: number | null = null;
  private reconnectTimer: Timer | undefined;
  private tickTimer: Timer | undefined;
  private welcomeTimer: Timer | undefined;
  private renewTimer: Timer | undefined;
  private wanted = false;

  /** `left`: the session of an earlier load of a page, to be gone on with; only this module gives it. */
  constructor(
    private readonly options: ClientOptions,
    private readonly left: Left | null = null,
  ) {
    this.session = new Session({
      session: left?.records[0]?.session ?? randomId(),
      newKey: randomId,
      client: options.client ?? "draftwire-js/0.1",
      run: options.run ?? null,
      agent: options.agent ?? null,
    });
    for (const record of left?.records ?? []) this.session.restore(record);
    this.sentences = { ...STATUS_SENTENCES, ...options.sentences };
    this.socketOf = options.WebSocket ?? globalThis.WebSocket;
  }

  /** Call `listener` with everything that happens; the answer ends it. */
  on(listener: Listener): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  connect(): void {
    if (this.wanted) return;
    if (this.socketOf === undefined) throw new Error("There is no WebSocket here: pass one as the option WebSocket.");
    this.wanted = true;
    globalThis.addEventListener?.("online", this.wake);
    globalThis.addEventListener?.("focus", this.wake);
    globalThis.addEventListener?.("pagehide", this.hide);
    globalThis.document?.addEventListener("visibilitychange", this.look);
    this.look();
    this.tickTimer = setInterval(this.tick, TICK_MS);
    void this.dial();
  }

  /** Leave for good: what is unsent stays in the session, `connect` goes on. */
  close(): void {
    this.wanted = false;
    globalThis.removeEventListener?.("online", this.wake);
    globalThis.removeEventListener?.("focus", this.wake);
    globalThis.removeEventListener?.("pagehide", this.hide);
    globalThis.document?.removeEventListener("visibilitychange", this.look);
    clearInterval(this.tickTimer);
    clearTimeout(this.reconnectTimer);
    for (const client of this.recovering) client.close();
    this.drop(1000);
    this.deliver(this.session.disconnected());
    this.enter({ type: "connection", state: "closed" });
  }

  /** Leave for good and forget what this user has unsent in this browser: for a person who signs out. */
  async signOut(): Promise<void> {
    this.close();
    await this.keeping;
    await this.givingBack;
    await this.keeper?.wipe();
    this.keeper = null;
  }

  /** Follow a draft; resolves with the first state, rejects if it can't be seen. */
  open(what: { item?: string; draft?: string; purpose?: Purpose }): Promise<DraftReplica> {
    const ref = this.session.open(what);
    const opened = new Promise<DraftReplica>((done, fail) => this.waiting.set(ref, { done, fail }));
    this.flush();
    return opened;
  }

  /**
   * Follow a draft with presence, as a handle: named, or chosen by the server for the item. Handles of one draft are one;
   * each is closed by whoever asked for it. The others see that this person looks at it, unless `present` is false. Rejects
   * with a Problem if the draft can't be seen.
   */
  async draft({ present = true, ...what }: { item?: string; draft?: string; purpose?: Purpose; present?: boolean }): Promise<DraftHandle> {
    const replica = await this.open(what);
    const { id, item } = replica;
    this.leaving.delete(id);
    const known = this.followed.get(id);
    if (known !== undefined) {
      known.uses++;
      return known.handle;
    }
    const handle = new DraftHandle(this, replica, () => this.unfollow(id));
    this.followed.set(id, { handle, uses: 1 });
    if (!this.follows(item, id) && !this.channels.has(`item:${item}`)) this.session.subscribe(`item:${item}`);
    if (present) handle.focus({ state: "viewing" });
    else this.flush();
    return handle;
  }

  private follows(item: string, besides: string): boolean {
    return [...this.followed].some(([id, { handle }]) => id !== besides && handle.item === item);
  }

  private unfollow(draft: string): void {
    const known = this.followed.get(draft);
    if (known === undefined || --known.uses > 0) return;
    this.followed.delete(draft);
    const channel = `item:${known.handle.item}`;
    if (!this.channels.has(channel) && !this.follows(known.handle.item, draft)) this.session.leave(channel);
    this.leaving.add(draft);
    this.leaveSent();
    this.flush();
  }

  /** Leave those drafts whose handles are closed and of which nothing is unsent any more. */
  private leaveSent(): void {
    for (const draft of this.leaving) {
      if (this.session.hasUnsent(draft)) continue;
      this.leaving.delete(draft);
      if (!this.channels.has(`draft:${draft}`)) this.session.leave(`draft:${draft}`);
    }
  }

  /** Leave a channel: `draft:<id>`, `item:<id>` or `workspace:<id>`. */
  leave(channel: string): void {
    this.channels.delete(channel);
    this.session.leave(channel);
    this.flush();
  }

  /** Follow a state channel: `item:<id>` or `workspace:<id>`. */
  subscribe(channel: string): void {
    this.channels.add(channel);
    this.session.subscribe(channel);
    this.flush();
  }

  /** Change a draft; the view has it when this returns. Raises Problem if the ops don't fit the view. */
  edit(draft: string, ops: readonly Op[], options: EditOptions = {}): void {
    const before = this.session.draft(draft)?.view;
    const events = this.session.edit(draft, ops, Date.now());
    if (before !== undefined) this.followed.get(draft)?.handle.edited(before, ops, options);
    this.deliver(events);
    this.keeper?.touch();
    this.flush();
  }

  /**
   * Ask the server over HTTP as the same person: `request("/v1/items?limit=20")`. A token that has expired is asked for
   * anew once.
   */
  async request(path: string, init: RequestInit = {}): Promise<Response> {
    const ask = async (token: string): Promise<Response> => {
      const headers = new Headers(init.headers);
      headers.set("authorization", `Bearer ${token}`);
      if (this.options.agent !== undefined) headers.set("draftwire-agent", utf8(this.options.agent));
      return fetch(httpAddress(this.options.url) + path, { ...init, headers });
    };
    const answer = await ask((this.lastToken ??= await this.options.token()));
    return answer.status === 401 ? ask((this.lastToken = await this.options.token())) : answer;
  }

  /** Everything over HTTP, typed: `client.api.items.list({ q: "refund" })`. It needs no connection. */
  get api(): Api {
    return (this.calls ??= callsOf((path, init) => this.request(path, init)));
  }

  /** Call `listener` with all events of one message, or one step of the clock, at a time; the answer ends it. */
  onDelivery(listener: (events: readonly ClientEvent[]) => void): () => void {
    this.deliveries.add(listener);
    return () => this.deliveries.delete(listener);
  }

  /** Write what is unsent into the journal now; resolves when it is there. */
  async keep(): Promise<void> {
    await this.keeping;
    await this.keeper?.flush();
  }

  /** Drop what an earlier load left and could not be given back (`givenBack` with `kept`). */
  async forgetUnsent(key: string): Promise<void> {
    await this.keeper?.journal.write([], [key]);
  }

  /** Say where this session is, in coordinates of the view. */
  focus(where: { item: string; state: PresenceState; draft?: string; at?: string; anchor?: number; head?: number }): void {
    this.session.focus(where);
    this.flush();
  }

  /** The same place reads otherwise after a foreign change; nothing is sent for that alone. */
  refocus(where: Parameters<Session["refocus"]>[0]): void {
    this.session.refocus(where);
  }

  /** Bring back what was lost when the log was rewound (see the event `rewound`). Raises Problem. */
  bringBack(draft: string): void {
    this.deliver(this.session.bringBack(draft, Date.now()));
    this.flush();
  }

  /** The person has looked at what was parked: the status may say "saved" again. */
  dismissParked(draft: string): void {
    this.deliver(this.session.dismissParked(draft));
  }

  /** Whether a person can see what is shown: told where there is no document, as in a worker. */
  set visible(is: boolean) {
    this.session.visible = is;
    if (is) this.wake();
  }

  private readonly tick = (): void => {
    this.deliver(this.session.tick(Date.now()));
    this.flush();
  };

  private readonly look = (): void => {
    const { document } = globalThis;
    if (document !== undefined) this.session.visible = document.visibilityState === "visible";
    if (this.session.visible) this.wake();
    else this.hide();
  };

  private readonly hide = (): void => {
    void this.keeper?.flush();
  };

  private readonly wake = (): void => {
    if (this.wanted && this.state === "waiting") void this.dial();
  };

  private async dial(): Promise<void> {
    clearTimeout(this.reconnectTimer);
    this.enter({ type: "connection", state: "connecting" });
    let token: string;
    try {
      token = this.lastToken = await this.options.token();
    } catch {
      this.comeBack(undefined);
      return;
    }
    if (!this.wanted || this.state !== "connecting" || this.socket !== null) return;
    const socket = new (this.socketOf as typeof WebSocket)(socketAddress(this.options.url), [SUBPROTOCOL]);
    this.socket = socket;
    this.welcomeTimer = setTimeout(() => this.lost(socket, undefined), WELCOME_WITHIN_MS);
    socket.onopen = () => {
      for (const message of this.session.connected(token)) this.send(message);
    };
    socket.onmessage = (event: MessageEvent<unknown>) => this.read(socket, event.data);
    socket.onclose = (event) => this.lost(socket, event.code);
  }

  private read(socket: WebSocket, data: unknown): void {
    if (socket !== this.socket || typeof data !== "string") return;
    let message: ServerMessage;
    try {
      message = decodeServerMessage(data);
    } catch (error) {
      if (error instanceof Problem && error.code === "unknown_message") return; // a newer server's
      console.error("draftwire: unreadable frame", error);
      this.lost(socket, undefined);
      return;
    }
    if (message.t === "welcome") this.welcomed(message.token_expires_in_s ?? null);
    if (message.t === "bye") this.byeAfterMs = message.reconnect_after_ms;
    const events = this.session.receive(message, Date.now());
    this.flush();
    this.deliver(events);
    if (message.t === "welcome") this.keeping ??= this.beginKeeping();
  }

  private welcomed(expiresInS: number | null): void {
    clearTimeout(this.welcomeTimer);
    clearTimeout(this.renewTimer);
    this.failures = 0;
    this.byeAfterMs = null;
    if (this.state !== "open") this.enter({ type: "connection", state: "open" });
    if (expiresInS !== null) {
      const inS = Math.min(expiresInS > 2 * RENEW_BEFORE_S ? expiresInS - RENEW_BEFORE_S : expiresInS / 2, 86_400);
      this.renewTimer = setTimeout(() => void this.renew(), inS * 1000);
    }
  }

  private async renew(): Promise<void> {
    const socket = this.socket;
    try {
      const token = (this.lastToken = await this.options.token());
      if (socket !== null && socket === this.socket) this.send({ t: "auth", token });
    } catch {
      this.renewTimer = setTimeout(() => void this.renew(), 5_000);
    }
  }

  private lost(socket: WebSocket, code: number | undefined): void {
    if (socket !== this.socket) return;
    this.drop(undefined);
    this.deliver(this.session.disconnected(code));
    if (!this.wanted) return;
    if (code !== undefined && !mayReconnect(code)) {
      this.enter({ type: "connection", state: "closed", code });
      this.wanted = false;
      clearInterval(this.tickTimer);
      return;
    }
    this.comeBack(code);
  }

  private comeBack(code: number | undefined): void {
    const inMs = this.byeAfterMs ?? pauseMs(this.failures, Math.random());
    this.byeAfterMs = null;
    this.failures++;
    const event: ClientEvent = { type: "connection", state: "waiting", retryInMs: inMs };
    this.enter(code === undefined ? event : { ...event, code });
    this.reconnectTimer = setTimeout(() => void this.dial(), inMs);
  }

  private drop(code: number | undefined): void {
    clearTimeout(this.welcomeTimer);
    clearTimeout(this.renewTimer);
    const socket = this.socket;
    this.socket = null;
    if (socket === null) return;
    socket.onopen = socket.onmessage = socket.onclose = null;
    if (code !== undefined || socket.readyState <= OPEN) socket.close(code);
  }

  private flush(): void {
    if (this.socket?.readyState !== OPEN) return;
    for (const message of this.session.takeOutgoing()) this.send(message);
  }

  private send(message: ClientMessage): void {
    if (this.socket?.readyState === OPEN) this.socket.send(encodeMessage(message));
  }

  private enter(event: ClientEvent & { type: "connection" }): void {
    this.state = event.state;
    this.deliver([event]);
  }

  private deliver(events: readonly ClientEvent[]): void {
    if (events.length === 0) return;
    for (const { handle } of [...this.followed.values()]) handle.delivered(events);
    for (const listener of [...this.deliveries]) listener(events);
    for (const event of events) {
      if (event.type === "opened" && event.ref) {
        this.waiting.get(event.ref)?.done(event.draft);
        this.waiting.delete(event.ref);
      } else if (event.type === "failed") {
        this.waiting.get(event.ref)?.fail(new Problem(event.code, event.message));
        this.waiting.delete(event.ref);
      }
      for (const listener of this.listeners) listener(event);
    }
    this.leaveSent();
    this.keeper?.touch();
  }

  // ---------------------------------------------------------------- the journal

  private async beginKeeping(): Promise<void> {
    if (this.options.journal === false) return;
    const { welcome } = this.session;
    if (welcome === null) return;
    const scope = `${httpAddress(this.options.url)} ${welcome.workspace} ${welcome.actor.id}`;
    const failed = (why: NoJournal): void => this.deliver([{ type: "journal", on: false, why }]);
    const keeper = await Keeper.begin(this.session, scope, failed, this.left?.keeper.journal);
    if (typeof keeper === "string") {
      failed(keeper);
      return;
    }
    this.keeper = keeper;
    this.keeper.touch();
    this.deliver([{ type: "journal", on: true }]);
    if (this.left === null) this.givingBack = this.giveBack(keeper);
  }

  /** Go on as every session of this user that ended before all was sent and that no living page holds. */
  private async giveBack(keeper: Keeper): Promise<void> {
    const sessions = new Set((await keeper.journal.records(keeper.scope)).map(({ session }) => session));
    sessions.delete(this.session.id);
    await Promise.all([...sessions].map((session) => this.giveBackOf(keeper, session)));
  }

  private async giveBackOf(keeper: Keeper, session: string): Promise<void> {
    const release = await holdSession(session);
    if (release === null) return;
    try {
      const records = (await keeper.journal.records(keeper.scope)).filter((record) => record.session === session);
      if (records.length > 0) await this.goOn(keeper, records); // else another load was quicker
    } finally {
      release();
    }
  }

  private async goOn(keeper: Keeper, records: readonly JournalRecord[]): Promise<void> {
    const client = new Client(this.options, { records, keeper });
    this.recovering.add(client);
    const unsent = new Map(records.map(({ replica: { draft } }) => [draft, unsentTexts(client.session.draft(draft))]));
    const parked = new Map<string, ParkedText[]>();
    const ended = await new Promise<"settled" | "refused" | "closed">((done) => {
      client.onDelivery((events) => {
        for (const event of events) {
          if (event.type === "parked") parked.set(event.draft.id, [...(parked.get(event.draft.id) ?? []), ...event.texts]);
          if (event.type === "connection" && event.state === "closed") done(event.code === undefined ? "closed" : "refused");
        }
        const { session } = client;
        if (records.every(({ replica: { draft } }) => session.status(draft) === "gone" || client.sent(draft))) done("settled");
      });
      client.connect();
    });
    for (const { key, replica } of ended === "closed" ? [] : records) {
      const { draft, item } = replica;
      const stashed = parked.get(draft) ?? [];
      const outcome = client.sent(draft) ? (stashed.length > 0 ? "stashed" : "saved") : "kept";
      const texts = outcome === "stashed" ? stashed : outcome === "kept" ? unsentTexts(client.session.draft(draft)) : (unsent.get(draft) ?? []);
      this.deliver([{ type: "givenBack", item, draft, outcome, texts, key }]);
    }
    client.close();
    await client.endKeeping();
    this.recovering.delete(client);
  }

  private async endKeeping(): Promise<void> {
    await this.keeping;
    await this.keeper?.end();
  }

  /** Whether all of a draft is with the server, as far as this connection has heard. */
  private sent(draft: string): boolean {
    return (this.session.draft(draft)?.live ?? false) && !this.session.hasUnsent(draft);
  }
}

function unsentTexts(copy: DraftReplica | null): ParkedText[] {
  return copy === null || !copy.hasPending ? [] : textsBetween(copy.confirmed, copy.view, copy.pending);
}

/** What an earlier load of a page left, and the keeper of the load that goes on with it. */
interface Left {
  readonly records: readonly JournalRecord[];
  readonly keeper: Keeper;
}

type Timer = ReturnType<typeof setTimeout>;

function given(url: string | undefined): string {
  if (url !== undefined) return url;
  if (globalThis.location === undefined) throw new Error("There is no page here: pass the server's address as the option url.");
  return location.origin;
}

/** The address of the WebSocket: a server's with its base path, or the whole address. */
function socketAddress(url: string | undefined): string {
  const found = new URL(given(url), globalThis.location?.href);
  found.protocol = found.protocol.replace("http", "ws");
  if (!found.pathname.endsWith(SOCKET_PATH)) found.pathname = found.pathname.replace(/\/$/, "") + SOCKET_PATH;
  return found.href;
}

/** A text as a header holds it: its bytes of UTF-8. */
function utf8(text: string): string {
  return String.fromCharCode(...new TextEncoder().encode(text));
}

/** The address of the server for HTTP, without a slash at the end. */
function httpAddress(url: string | undefined): string {
  return socketAddress(url).replace(/^ws/, "http").slice(0, -SOCKET_PATH.length);
}
