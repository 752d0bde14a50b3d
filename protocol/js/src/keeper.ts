/**
 * Keeps one session's unsent edits in the journal: writes at most 50 ms after an edit, removes when nothing is unsent.
 *
 * Owns the session's lock while there is one to own. When the storage fails in the midst of it (quota, a cleared
 * profile), it says so once and tries again with the next edit.
 */

import { holdSession, Journal, journalKey } from "./journal.js";
import type { JournalRecord, NoJournal } from "./journal.js";
import type { Session } from "./session.js";

const WRITE_AFTER_MS = 50; // unsent text is in the journal 100 ms after it was typed

export class Keeper {
  private readonly written = new Set<string>(); // keys that the journal has
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
    const put: JournalRecord[] = [];
    const removed = new Set(this.written);
    for (const draft of this.session.drafts) {
      const unsent = this.session.unsent(draft);
      if (unsent === null) continue;
      const key = journalKey(this.session.id, draft);
      put.push({ ...unsent, key, scope: this.scope, at: Date.now() });
      removed.delete(key);
    }
    if (put.length === 0 && removed.size === 0) return;
    try {
      await this.journal.write(put, [...removed]);
      for (const key of removed) this.written.delete(key);
      for (const { key } of put) this.written.add(key);
    } catch {
      this.failed("storage_failed");
    }
  }
}
