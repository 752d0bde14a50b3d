/**
 * Autosave for platforms that save whole documents: the platform's own form or editor, no op of ours in it.
 *
 * Saves 1.5 s after the last change and at most 10 s after the first; one request is under way at a time; what is left is
 * sent when the page hides. A repeated request carries the same `Idempotency-Key`, so that a lost answer is no second
 * save. When others saved first, the server merges; what it can't merge is a conflict with both sides: what was typed
 * stays here, it is in the stash too, and saving goes on after `keepMine` or `takeTheirs`.
 *
 * A merged answer is not what the editor shows. Until it shows that, saves go on from the state that it showed last and
 * name the document that was sent since. So what others wrote and the editor never showed is not taken for deleted.
 */

import { quoted, randomId, unquoted } from "../index.js";
import type { Json, JsonObject } from "../index.js";
import { isObject, same } from "../document/values.js";

export const SAVE_AFTER_MS = 1_500;
export const SAVE_WITHIN_MS = 10_000;
const RETRY_BASE_MS = 1_000;
const RETRY_CAP_MS = 30_000;
const KEEPALIVE_BYTES = 60_000; // browsers take 64 KiB of all such requests together

export type AutosaveState = "saved" | "waiting" | "saving" | "retrying" | "conflict" | "refused" | "off";

/** What stands against a save: both sides and what they began from are in `detail`, `etag` is the draft's. */
export interface SaveConflict {
  readonly code: string;
  readonly etag: string | null;
  readonly detail: JsonObject;
}

export interface AutosaveOptions {
  /** Sends a request with the person's token: `Client.request`, or anything like it. */
  request: (path: string, init: RequestInit) => Promise<Response>;
  /** The draft: `/v1/w/<workspace>/items/<item>/draft`, or `…/drafts/<draft>`. */
  path: string;
  /** The state that the editor began from, as the draft's answer told it. */
  etag: string;
  /** The whole document as it is now. */
  value: () => JsonObject;
  /** The state of saving is another one. */
  changed?: (state: AutosaveState) => void;
  /**
   * Others' work was merged in: the document as it is saved now. It is called only while nothing was typed since the save.
   * Show it, whole: what `value` gives afterwards tells whether you do. If you show it in a form that `value` does not give
   * back as it was, answer true. What you don't show stays saved; you are asked again after the next save.
   */
  merged?: (value: Json) => boolean | void;
  conflict?: (conflict: SaveConflict) => void;
  /** False: nothing is saved until `save` or `on`. */
  on?: boolean;
  debounceMs?: number;
  ceilingMs?: number;
}

interface Request {
  readonly value: JsonObject;
  readonly body: string;
  readonly key: string;
  readonly etag: string;
  readonly override: string | null;
}

export class Autosave {
  /** The last state that the editor showed whole. */
  etag: string;
  private madeFrom: JsonObject | null = null; // what was saved on that state and is merged with others' work since
  conflict: SaveConflict | null = null;
  private told: AutosaveState = "saved";
  private isOn: boolean;
  private dirty = false;
  private firstMs = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private running: Promise<void> | null = null;
  private again: Request | null = null; // had no answer: repeated as it was
  private failures = 0;
  private override: string | null = null;
  private readonly session = randomId(); // two tabs are two sessions: one's save never licenses the other's overwrite

  constructor(private readonly options: AutosaveOptions) {
    this.etag = options.etag;
    this.isOn = options.on ?? true;
    if (!this.isOn) this.tell("off");
    globalThis.addEventListener?.("pagehide", this.hide);
    globalThis.addEventListener?.("online", this.wake);
    globalThis.document?.addEventListener("visibilitychange", this.hide);
  }

  get state(): AutosaveState {
    return this.told;
  }

  /** Whether saving goes by itself. Switched on, what is unsaved is saved; switched off, it is kept by the editor. */
  get on(): boolean {
    return this.isOn;
  }

  set on(is: boolean) {
    this.isOn = is;
    clearTimeout(this.timer);
    if (is && this.dirty) void this.save();
    else this.tell(is ? "saved" : "off");
  }

  /** The document has changed. */
  touch(): void {
    const nowMs = Date.now();
    if (!this.dirty) this.firstMs = nowMs;
    this.dirty = true;
    if (!this.isOn || this.conflict !== null || this.running !== null || this.again !== null) return;
    const { debounceMs = SAVE_AFTER_MS, ceilingMs = SAVE_WITHIN_MS } = this.options;
    this.tell("waiting");
    this.later(Math.max(0, Math.min(debounceMs, this.firstMs + ceilingMs - nowMs)));
  }

  /** Save now what is unsaved; resolves when all of it is, or when it can't go on by itself (see `state`). */
  async save(): Promise<void> {
    clearTimeout(this.timer);
    while (this.running !== null) await this.running;
    if (this.conflict !== null || (!this.dirty && this.again === null)) return;
    await (this.running = this.send(this.again ?? this.taken(), false).finally(() => (this.running = null)));
    if (this.dirty && this.again === null && this.conflict === null && this.isOn && this.told !== "refused") this.touch();
  }

  /** After a conflict: save my document over theirs, which goes into the stash. */
  async keepMine(): Promise<void> {
    this.override = this.conflict?.etag ?? (await this.head());
    this.conflict = null;
    this.dirty = true;
    await this.save();
  }

  /** After a conflict: the editor shows theirs now, as of `etag`; mine is in the stash. */
  takeTheirs(etag: string): void {
    this.etag = etag;
    this.madeFrom = null;
    this.conflict = null;
    this.dirty = false;
    this.tell(this.isOn ? "saved" : "off");
  }

  /** Send what is unsaved and stop. */
  close(): void {
    this.hide();
    clearTimeout(this.timer);
    globalThis.removeEventListener?.("pagehide", this.hide);
    globalThis.removeEventListener?.("online", this.wake);
    globalThis.document?.removeEventListener("visibilitychange", this.hide);
  }

  private async head(): Promise<string | null> {
    const answer = await this.options.request(this.options.path, { method: "GET" });
    return answer.ok ? etagIn((await answer.json()) as JsonObject) : null;
  }

  private readonly hide = (event?: Event): void => {
    if (event?.type === "visibilitychange" && globalThis.document?.visibilityState !== "hidden") return;
    if (!this.isOn || this.conflict !== null || this.running !== null || (!this.dirty && this.again === null)) return;
    clearTimeout(this.timer);
    this.running = this.send(this.again ?? this.taken(), true).finally(() => (this.running = null));
  };

  private readonly wake = (): void => {
    if (this.again !== null) void this.save();
  };

  private taken(): Request {
    this.dirty = false;
    const madeFrom = this.madeFrom === null ? {} : { made_from: this.madeFrom };
    const value = copyOf(this.options.value()); // the editor may go on in the very object
    const request: Request = { value, body: JSON.stringify({ value, ...madeFrom }), key: randomId(), etag: this.etag, override: this.override };
    this.override = null;
    return request;
  }

  private later(inMs: number): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.save(), inMs);
  }

  private async send(request: Request, leaving: boolean): Promise<void> {
    this.tell("saving");
    let answer: Response;
    try {
      answer = await this.options.request(this.options.path, {
        method: "PUT",
        headers: {
          "content-type": "application/json",
          "if-match": quoted(request.etag),
          "draftwire-session": this.session,
          "idempotency-key": request.key,
          ...(request.override === null ? {} : { "draftwire-override": quoted(request.override) }),
        },
        body: request.body,
        keepalive: leaving && request.body.length < KEEPALIVE_BYTES,
      });
    } catch {
      this.retry(request);
      return;
    }
    if (answer.status >= 500 || answer.status === 429 || answer.status === 401) this.retry(request);
    else await this.answered(answer, request);
  }

  private retry(request: Request): void {
    this.again = request;
    this.tell("retrying");
    this.later(Math.random() * Math.min(RETRY_CAP_MS, RETRY_BASE_MS * 2 ** this.failures++));
  }

  private async answered(answer: Response, request: Request): Promise<void> {
    this.again = null;
    this.failures = 0;
    const body = (await answer.json().catch(() => ({}))) as JsonObject;
    if (answer.ok) {
      const merged = body["value"];
      if (!isObject(merged) || this.shows(merged, request.value)) {
        this.etag = body["etag"] as string;
        this.madeFrom = null;
      } else this.madeFrom = request.value;
      this.tell(this.dirty ? "waiting" : this.isOn ? "saved" : "off");
      return;
    }
    this.dirty = true; // what was typed is unsaved still
    const code = typeof body["code"] === "string" ? body["code"] : String(answer.status);
    const header = answer.headers.get("draft-etag") ?? answer.headers.get("etag");
    if (answer.status !== 409) {
      this.tell("refused");
      return;
    }
    this.conflict = { code, etag: header === null ? etagIn(body) : unquoted(header), detail: body };
    this.tell("conflict");
    this.options.conflict?.(this.conflict);
  }

  /** The draft is `merged` now, of which the editor has sent `sent`: let the editor show it, if nothing would be lost. */
  private shows(merged: JsonObject, sent: JsonObject): boolean {
    if (!same(copyOf(this.options.value()), sent)) {
      this.dirty = true; // typed since: the next save brings both together
      return false;
    }
    return this.options.merged?.(copyOf(merged)) === true || same(copyOf(this.options.value()), merged);
  }

  private tell(state: AutosaveState): void {
    if (state === this.told) return;
    this.told = state;
    this.options.changed?.(state);
  }
}

/** A document as it is sent. */
function copyOf(value: JsonObject): JsonObject {
  return JSON.parse(JSON.stringify(value)) as JsonObject;
}

function etagIn(body: JsonObject): string | null {
  return typeof body["etag"] === "string" ? body["etag"] : null;
}
