/**
 * The journal of unsent edits: what a page that ends takes along, kept in IndexedDB until a later load gives it back.
 *
 * One record per session and draft, written while anything of it is unsent, removed when nothing is. A load of a page
 * holds a Web Lock named by its session as long as it lives: a record whose lock is free belongs to nobody any more, and
 * who gets that lock goes on as that very session. So a duplicated tab never writes as the one that it was copied from.
 * Documents hold markers of secrets, never secrets; records go at sign-out and after 30 days.
 */

import type { Unsent } from "./session.js";

export const KEPT_DAYS = 30; // as long as the server takes a session back
const DATABASE = "draftwire";
const STORE = "unsent";
const BY_SCOPE = "scope";
const DAY_MS = 86_400_000;

export interface JournalRecord extends Unsent {
  /** Session and draft. */
  readonly key: string;
  /** Server, workspace and user. */
  readonly scope: string;
  readonly at: number;
}

/** Why a page works without a journal. */
export type NoJournal = "no_storage" | "no_locks" | "storage_failed";

export class Journal {
  private constructor(private readonly database: IDBDatabase) {}

  /** Open the browser's journal; a string says why there is none (private mode, no secure context, Node). */
  static async open(nowMs: number): Promise<Journal | NoJournal> {
    if (globalThis.indexedDB === undefined) return "no_storage";
    if (globalThis.navigator?.locks === undefined) return "no_locks";
    try {
      const asked = indexedDB.open(DATABASE, 1);
      asked.onupgradeneeded = () => {
        asked.result.createObjectStore(STORE, { keyPath: "key" }).createIndex(BY_SCOPE, "scope");
      };
      const journal = new Journal(await answer(asked));
      journal.database.onversionchange = () => journal.database.close();
      await journal.dropOld(nowMs);
      return journal;
    } catch {
      return "storage_failed";
    }
  }

  /** Write and remove records, all or none. */
  async write(put: readonly JournalRecord[], removed: readonly string[]): Promise<void> {
    const transaction = this.database.transaction(STORE, "readwrite");
    const store = transaction.objectStore(STORE);
    for (const record of put) store.put(record);
    for (const key of removed) store.delete(key);
    await settled(transaction);
  }

  /** The records of one user, workspace and server. */
  async records(scope: string): Promise<JournalRecord[]> {
    const store = this.database.transaction(STORE).objectStore(STORE);
    return (await answer(store.index(BY_SCOPE).getAll(scope))) as JournalRecord[];
  }

  /** Forget all of one user, workspace and server. */
  async wipe(scope: string): Promise<void> {
    await this.write([], (await this.records(scope)).map(({ key }) => key));
  }

  close(): void {
    this.database.close();
  }

  private async dropOld(nowMs: number): Promise<void> {
    const store = this.database.transaction(STORE).objectStore(STORE);
    const all = (await answer(store.getAll())) as JournalRecord[];
    const old = all.filter(({ at }) => nowMs - at > KEPT_DAYS * DAY_MS);
    if (old.length > 0) await this.write([], old.map(({ key }) => key));
  }
}

/** The key of a record. */
export function journalKey(session: string, draft: string): string {
  return `${session} ${draft}`;
}

/** Hold the lock of a session until the answer is called; null if another load of a page has it. */
export function holdSession(session: string): Promise<(() => void) | null> {
  return new Promise((got, failed) => {
    const held = navigator.locks.request(`draftwire:${session}`, { ifAvailable: true }, (lock) => {
      if (lock === null) {
        got(null);
        return undefined;
      }
      return new Promise<void>((release) => got(release));
    });
    held.catch(failed);
  });
}

function answer<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((done, fail) => {
    request.onsuccess = () => done(request.result);
    request.onerror = () => fail(request.error ?? new Error("IndexedDB"));
    if ("onblocked" in request) (request as unknown as IDBOpenDBRequest).onblocked = () => fail(new Error("IndexedDB is blocked"));
  });
}

function settled(transaction: IDBTransaction): Promise<void> {
  return new Promise((done, fail) => {
    transaction.oncomplete = () => done();
    transaction.onabort = transaction.onerror = () => fail(transaction.error ?? new Error("IndexedDB"));
  });
}
