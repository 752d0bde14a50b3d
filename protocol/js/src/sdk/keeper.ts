/**
 * Keeps one session's unsent edits in the journal: writes at most 50 ms after an edit, removes when nothing is unsent.
 *
 * Owns the session's lock while there is one to own. When the storage fails in the midst of it (quota, a cleared
 * profile), it says so once and tries again with the next edit.
 */

import { Doc } from "../document/document.js";
import { holdSession, Journal, journalKey } from "./journal.js";
import type { NoJournal, Writing } from "./journal.js";
import { diff } from "../merge/merge.js";
import type { Json, JsonObject, Op } from "../document/ops.js";
import type { Session, Unsent } from "../session/session.js";
import { Shape } from "../document/shape.js";
import type { ShapeInfo } from "../document/shape.js";
import { same } from "../document/values.js";

const WRITE_AFTER_MS = 50; // unsent text is in the journal 100 ms after it was typed
const MOST_SINCE_CHARS = 16_384; // of ops on a base, as JSON; past this the document is written anew

/** The document in the journal, and what has come in since. */
interface Base {
  readonly document: Doc;
  readonly shape: ShapeInfo;
  readonly value: Json; // up to which `since` leads
  readonly since: readonly Op[];
}

export class Keeper {
  private readonly written = new Set<string>(); // keys that the journal has
  private readonly bases = new Map<string, Base>(); // by key, as the journal has them
  private timer: ReturnType<typeof setTimeout> | undefined;
  private work: Promise<void> = Promise.resolve(); // writes, one after the other
  private ended = false;

  private constructor(
    readonly journal: Journal,
    private readonly session: Session,
    readonly scope: string,
    private readonly release: () => void,
    private readonly failed: (why: NoJournal) => void,
  ) {}

  /** Begin; a string says why there is no journal. `held`: whoever gave the session holds its lock already. */
  static async begin(session: Session, scope: string, failed: (why: NoJournal) => void, held?: Journal): Promise<Keeper | NoJournal> {
    if (held !== undefined) {
      const keeper = new Keeper(held, session, scope, () => {}, failed);
      for (const draft of session.drafts) keeper.written.add(journalKey(session.id, draft));
      return keeper;
    }
    const journal = await Journal.open(Date.now());
    if (typeof journal === "string") return journal;
    try {
      const release = await holdSession(session.id);
      return release === null ? "no_locks" : new Keeper(journal, session, scope, release, failed);
    } catch {
      return "no_locks"; // not allowed here, as in a sandboxed frame
    }
  }

  /** Something of the session may have changed. */
  touch(): void {
    if (this.ended || this.timer !== undefined || !this.hasNews()) return;
    this.timer = setTimeout(() => void this.flush(), WRITE_AFTER_MS);
  }

  /** Write now, as when the page hides; resolves when it is written. */
  flush(): Promise<void> {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.work = this.work.then(() => this.write());
    return this.work;
  }

  /** Stop; what is unsent stays in the journal, for the next load. */
  async end(): Promise<void> {
    await this.flush();
    this.ended = true;
    this.release();
  }

  /** Forget all that this user has unsent here, and stop. */
  async wipe(): Promise<void> {
    clearTimeout(this.timer);
    this.ended = true;
    await this.work;
    await this.journal.wipe(this.scope);
    this.release();
  }

  private hasNews(): boolean {
    return this.written.size > 0 || this.session.drafts.some((draft) => this.session.hasUnsent(draft));
  }

  private async write(): Promise<void> {
    if (this.ended) return;
    const put: Writing[] = [];
    const bases = new Map<string, Base>();
    const removed = new Set(this.written);
    for (const draft of this.session.drafts) {
      const unsent = this.session.unsent(draft);
      if (unsent === null) continue;
      const key = journalKey(this.session.id, draft);
      const base = baseFor(unsent, this.bases.get(key));
      bases.set(key, base);
      const { value: _, ...replica } = unsent.replica;
      const record = { ...unsent, replica, since: base.since, key, scope: this.scope, at: Date.now() };
      put.push({ record, base: base.document === this.bases.get(key)?.document ? null : base.document.value });
      removed.delete(key);
    }
    if (put.length === 0 && removed.size === 0) return;
    try {
      await this.journal.write(put, [...removed]);
      for (const key of removed) {
        this.written.delete(key);
        this.bases.delete(key);
      }
      for (const [key, base] of bases) {
        this.written.add(key);
        this.bases.set(key, base);
      }
    } catch {
      this.bases.clear(); // what of them is there, nobody knows
      this.failed("storage_failed");
    }
  }
}

/** The base that a record stands on: the one that is kept, as long as few ops lead from it; else the document itself. */
function baseFor({ replica: { value, shape } }: Unsent, kept: Base | undefined): Base {
  if (kept !== undefined && kept.value === value) return kept;
  const anew = (): Base => ({ document: Doc.load(value as JsonObject, Shape.of(shape)), shape, value, since: [] });
  if (kept === undefined || !same(kept.shape as unknown as Json, shape as unknown as Json)) return anew();
  const since = diff(kept.document, value as JsonObject);
  return JSON.stringify(since).length > MOST_SINCE_CHARS ? anew() : { ...kept, value, since };
}
