/**
 * A session over a real WebSocket: connects, comes back, renews the token. Owns sockets and timers, decides nothing.
 *
 * The session id lives in memory: one load of a page is one writer, also in a duplicated tab. The token travels in the
 * first message, never in a URL. A close code below 4500 means "come back": after the time that `bye` named, else
 * with full jitter (base 250 ms, cap 10 s), and at once when the browser says that the network or the page is back.
 */

import { decodeServerMessage, encodeMessage } from "./codec.js";
import { mayReconnect, Problem } from "./errors.js";
import { SUBPROTOCOL } from "./messages.js";
import type { ClientMessage, PresenceState, Purpose, ServerMessage } from "./messages.js";
import type { Op } from "./ops.js";
import type { DraftReplica } from "./replica.js";
import { Session } from "./session.js";
import type { SessionEvent } from "./session.js";

const BACKOFF_BASE_MS = 250;
const BACKOFF_CAP_MS = 10_000;
const TICK_MS = 250;
const WELCOME_WITHIN_MS = 15_000; // a connection that says nothing for that long is given up
const RENEW_BEFORE_S = 60;

export type ConnectionState = "connecting" | "open" | "waiting" | "closed";

export type ClientEvent =
  | SessionEvent
  | { type: "connection"; state: ConnectionState; retryInMs?: number; code?: number };

export interface ClientOptions {
  /** `ws:` or `wss:` address; the page's own host and `/v1/ws` if absent. */
  url?: string;
  /** Gives a token that is valid now; asked at every connect and before the token expires. */
  token: () => string | Promise<string>;
  /** Name and version, for the server's log. */
  client?: string;
  /** The run that this session works for. */
  run?: string;
}

type Listener = (event: ClientEvent) => void;

/** 128 random bits, URL-safe. */
export function randomId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return btoa(String.fromCharCode(...bytes))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replaceAll("=", "");
}

export class Client {
  readonly session: Session;
  state: ConnectionState = "closed";
  private socket: WebSocket | null = null;
  private readonly listeners = new Set<Listener>();
  private readonly waiting = new Map<number, { done: (draft: DraftReplica) => void; fail: (why: Error) => void }>();
  private failures = 0;
  private byeAfterMs: number | null = null;
  private reconnectTimer: number | undefined;
  private tickTimer: number | undefined;
  private welcomeTimer: number | undefined;
  private renewTimer: number | undefined;
  private wanted = false;

  constructor(private readonly options: ClientOptions) {
    this.session = new Session({
      session: randomId(),
      newKey: randomId,
      client: options.client ?? "draftwire-js/0.1",
      run: options.run ?? null,
    });
  }

  /** Call `listener` with everything that happens; the answer ends it. */
  on(listener: Listener): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  connect(): void {
    if (this.wanted) return;
    this.wanted = true;
    window.addEventListener("online", this.wake);
    window.addEventListener("focus", this.wake);
    document.addEventListener("visibilitychange", this.look);
    this.look();
    this.tickTimer = window.setInterval(this.tick, TICK_MS);
    void this.dial();
  }

  /** Leave for good: what is unsent stays in the session, `connect` goes on. */
  close(): void {
    this.wanted = false;
    window.removeEventListener("online", this.wake);
    window.removeEventListener("focus", this.wake);
    document.removeEventListener("visibilitychange", this.look);
    window.clearInterval(this.tickTimer);
    window.clearTimeout(this.reconnectTimer);
    this.drop(1000);
    this.deliver(this.session.disconnected());
    this.enter({ type: "connection", state: "closed" });
  }

  /** Follow a draft; resolves with the first state, rejects if it can't be seen. */
  open(what: { item?: string; draft?: string; purpose?: Purpose }): Promise<DraftReplica> {
    const ref = this.session.open(what);
    const opened = new Promise<DraftReplica>((done, fail) => this.waiting.set(ref, { done, fail }));
    this.flush();
    return opened;
  }

  /** Leave a channel: `draft:<id>`, `item:<id>` or `workspace:<id>`. */
  leave(channel: string): void {
    this.session.leave(channel);
    this.flush();
  }

  /** Follow a state channel: `item:<id>` or `workspace:<id>`. */
  subscribe(channel: string): void {
    this.session.subscribe(channel);
    this.flush();
  }

  /** Change a draft; the view has it when this returns. Raises Problem if the ops don't fit the view. */
  edit(draft: string, ops: readonly Op[]): void {
    this.deliver(this.session.edit(draft, ops, Date.now()));
    this.flush();
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

  private readonly tick = (): void => {
    this.deliver(this.session.tick(Date.now()));
    this.flush();
  };

  private readonly look = (): void => {
    this.session.visible = document.visibilityState === "visible";
    if (this.session.visible) this.wake();
  };

  private readonly wake = (): void => {
    if (this.wanted && this.state === "waiting") void this.dial();
  };

  private async dial(): Promise<void> {
    window.clearTimeout(this.reconnectTimer);
    this.enter({ type: "connection", state: "connecting" });
    let token: string;
    try {
      token = await this.options.token();
    } catch {
      this.comeBack(undefined);
      return;
    }
    if (!this.wanted || this.state !== "connecting" || this.socket !== null) return;
    const socket = new WebSocket(this.options.url ?? ownAddress(), [SUBPROTOCOL]);
    this.socket = socket;
    this.welcomeTimer = window.setTimeout(() => this.lost(socket, undefined), WELCOME_WITHIN_MS);
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
  }

  private welcomed(expiresInS: number | null): void {
    window.clearTimeout(this.welcomeTimer);
    window.clearTimeout(this.renewTimer);
    this.failures = 0;
    this.byeAfterMs = null;
    if (this.state !== "open") this.enter({ type: "connection", state: "open" });
    if (expiresInS !== null) {
      const inS = Math.min(expiresInS > 2 * RENEW_BEFORE_S ? expiresInS - RENEW_BEFORE_S : expiresInS / 2, 86_400);
      this.renewTimer = window.setTimeout(() => void this.renew(), inS * 1000);
    }
  }

  private async renew(): Promise<void> {
    const socket = this.socket;
    try {
      const token = await this.options.token();
      if (socket !== null && socket === this.socket) this.send({ t: "auth", token });
    } catch {
      this.renewTimer = window.setTimeout(() => void this.renew(), 5_000);
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
      window.clearInterval(this.tickTimer);
      return;
    }
    this.comeBack(code);
  }

  private comeBack(code: number | undefined): void {
    const ceiling = Math.min(BACKOFF_CAP_MS, BACKOFF_BASE_MS * 2 ** this.failures);
    const inMs = this.byeAfterMs ?? Math.random() * ceiling;
    this.byeAfterMs = null;
    this.failures++;
    const event: ClientEvent = { type: "connection", state: "waiting", retryInMs: inMs };
    this.enter(code === undefined ? event : { ...event, code });
    this.reconnectTimer = window.setTimeout(() => void this.dial(), inMs);
  }

  private drop(code: number | undefined): void {
    window.clearTimeout(this.welcomeTimer);
    window.clearTimeout(this.renewTimer);
    const socket = this.socket;
    this.socket = null;
    if (socket === null) return;
    socket.onopen = socket.onmessage = socket.onclose = null;
    if (code !== undefined || socket.readyState <= WebSocket.OPEN) socket.close(code);
  }

  private flush(): void {
    if (this.socket?.readyState !== WebSocket.OPEN) return;
    for (const message of this.session.takeOutgoing()) this.send(message);
  }

  private send(message: ClientMessage): void {
    if (this.socket?.readyState === WebSocket.OPEN) this.socket.send(encodeMessage(message));
  }

  private enter(event: ClientEvent & { type: "connection" }): void {
    this.state = event.state;
    this.deliver([event]);
  }

  private deliver(events: readonly ClientEvent[]): void {
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
  }
}

function ownAddress(): string {
  return `${location.protocol === "https:" ? "wss:" : "ws:"}//${location.host}/v1/ws`;
}
