// src/bindings/autosave.ts
import { quoted, randomId, unquoted } from "./draftwire.js";

// src/document/values.ts
function isObject(value) {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
function isArray(value) {
  return Array.isArray(value);
}
function same(left, right) {
  if (left === right) return true;
  if (left === void 0 || right === void 0) return false;
  if (isArray(left)) {
    return isArray(right) && left.length === right.length && left.every((value, i) => same(value, right[i]));
  }
  if (isObject(left)) {
    if (!isObject(right)) return false;
    const names = Object.keys(left);
    return names.length === Object.keys(right).length && names.every((name) => Object.hasOwn(right, name) && same(left[name], right[name]));
  }
  return false;
}

// src/bindings/autosave.ts
var SAVE_AFTER_MS = 1500;
var SAVE_WITHIN_MS = 1e4;
var RETRY_BASE_MS = 1e3;
var RETRY_CAP_MS = 3e4;
var KEEPALIVE_BYTES = 6e4;
var Autosave = class {
  // two tabs are two sessions: one's save never licenses the other's overwrite
  constructor(options) {
    this.options = options;
    this.etag = options.etag;
    this.isOn = options.on ?? true;
    if (!this.isOn) this.tell("off");
    globalThis.addEventListener?.("pagehide", this.hide);
    globalThis.addEventListener?.("online", this.wake);
    globalThis.document?.addEventListener("visibilitychange", this.hide);
  }
  options;
  /** The last state that the editor showed whole. */
  etag;
  madeFrom = null;
  // what was saved on that state and is merged with others' work since
  conflict = null;
  told = "saved";
  isOn;
  dirty = false;
  firstMs = 0;
  timer;
  running = null;
  again = null;
  // had no answer: repeated as it was
  failures = 0;
  override = null;
  session = randomId();
  get state() {
    return this.told;
  }
  /** Whether saving goes by itself. Switched on, what is unsaved is saved; switched off, it is kept by the editor. */
  get on() {
    return this.isOn;
  }
  set on(is) {
    this.isOn = is;
    clearTimeout(this.timer);
    if (is && this.dirty) void this.save();
    else this.tell(is ? "saved" : "off");
  }
  /** The document has changed. */
  touch() {
    const nowMs = Date.now();
    if (!this.dirty) this.firstMs = nowMs;
    this.dirty = true;
    if (!this.isOn || this.conflict !== null || this.running !== null || this.again !== null) return;
    const { debounceMs = SAVE_AFTER_MS, ceilingMs = SAVE_WITHIN_MS } = this.options;
    this.tell("waiting");
    this.later(Math.max(0, Math.min(debounceMs, this.firstMs + ceilingMs - nowMs)));
  }
  /** Save now what is unsaved; resolves when all of it is, or when it can't go on by itself (see `state`). */
  async save() {
    clearTimeout(this.timer);
    while (this.running !== null) await this.running;
    if (this.conflict !== null || !this.dirty && this.again === null) return;
    await (this.running = this.send(this.again ?? this.taken(), false).finally(() => this.running = null));
    if (this.dirty && this.again === null && this.conflict === null && this.isOn && this.told !== "refused") this.touch();
  }
  /** After a conflict: save my document over theirs, which goes into the stash. */
  async keepMine() {
    this.override = this.conflict?.etag ?? await this.head();
    this.conflict = null;
    this.dirty = true;
    await this.save();
  }
  /** After a conflict: the editor shows theirs now, as of `etag`; mine is in the stash. */
  takeTheirs(etag) {
    this.etag = etag;
    this.madeFrom = null;
    this.conflict = null;
    this.dirty = false;
    this.tell(this.isOn ? "saved" : "off");
  }
  /** Send what is unsaved and stop. */
  close() {
    this.hide();
    clearTimeout(this.timer);
    globalThis.removeEventListener?.("pagehide", this.hide);
    globalThis.removeEventListener?.("online", this.wake);
    globalThis.document?.removeEventListener("visibilitychange", this.hide);
  }
  async head() {
    const answer = await this.options.request(this.options.path, { method: "GET" });
    return answer.ok ? etagIn(await answer.json()) : null;
  }
  hide = (event) => {
    if (event?.type === "visibilitychange" && globalThis.document?.visibilityState !== "hidden") return;
    if (!this.isOn || this.conflict !== null || this.running !== null || !this.dirty && this.again === null) return;
    clearTimeout(this.timer);
    this.running = this.send(this.again ?? this.taken(), true).finally(() => this.running = null);
  };
  wake = () => {
    if (this.again !== null) void this.save();
  };
  taken() {
    this.dirty = false;
    const madeFrom = this.madeFrom === null ? {} : { made_from: this.madeFrom };
    const value = copyOf(this.options.value());
    const request = { value, body: JSON.stringify({ value, ...madeFrom }), key: randomId(), etag: this.etag, override: this.override };
    this.override = null;
    return request;
  }
  later(inMs) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.save(), inMs);
  }
  async send(request, leaving) {
    this.tell("saving");
    let answer;
    try {
      answer = await this.options.request(this.options.path, {
        method: "PUT",
        headers: {
          "content-type": "application/json",
          "if-match": quoted(request.etag),
          "draftwire-session": this.session,
          "idempotency-key": request.key,
          ...request.override === null ? {} : { "draftwire-override": quoted(request.override) }
        },
        body: request.body,
        keepalive: leaving && request.body.length < KEEPALIVE_BYTES
      });
    } catch {
      this.retry(request);
      return;
    }
    if (answer.status >= 500 || answer.status === 429 || answer.status === 401) this.retry(request);
    else await this.answered(answer, request);
  }
  retry(request) {
    this.again = request;
    this.tell("retrying");
    this.later(Math.random() * Math.min(RETRY_CAP_MS, RETRY_BASE_MS * 2 ** this.failures++));
  }
  async answered(answer, request) {
    this.again = null;
    this.failures = 0;
    const body = await answer.json().catch(() => ({}));
    if (answer.ok) {
      const merged = body["value"];
      if (!isObject(merged) || this.shows(merged, request.value)) {
        this.etag = body["etag"];
        this.madeFrom = null;
      } else this.madeFrom = request.value;
      this.tell(this.dirty ? "waiting" : this.isOn ? "saved" : "off");
      return;
    }
    this.dirty = true;
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
  shows(merged, sent) {
    if (!same(copyOf(this.options.value()), sent)) {
      this.dirty = true;
      return false;
    }
    return this.options.merged?.(copyOf(merged)) === true || same(copyOf(this.options.value()), merged);
  }
  tell(state) {
    if (state === this.told) return;
    this.told = state;
    this.options.changed?.(state);
  }
};
function copyOf(value) {
  return JSON.parse(JSON.stringify(value));
}
function etagIn(body) {
  return typeof body["etag"] === "string" ? body["etag"] : null;
}
export {
  Autosave,
  SAVE_AFTER_MS,
  SAVE_WITHIN_MS
};
