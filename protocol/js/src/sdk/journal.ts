/**
 * The journal of unsent edits: what a page that ends takes along, kept in IndexedDB until a later load gives it back.
 *
 * One record per session and draft, written while anything of it is unsent, removed when nothing is. The document that it
 * stands on is a record of its own, written once: what came in since is kept as ops on it, so that a keystroke in a large
 * document writes no document. A load of a page
 * holds a Web Lock named by its session as long as it lives: a record whose lock is free belongs to nobody any more, and
 * who gets that lock goes on as that very session. So a duplicated tab never writes as the one that it was copied from.
 * Documents hold markers of secrets, never secrets; records go at sign-out and after 30 days.
 */

import { Batch } from "../document/batch.js";
import { sharedLocks } from "./browser.js";
import { Doc } from "../document/document.js";
import { Problem } from "../errors.js";
import type { Json, JsonObject, Op } from "../document/ops.js";
import type { Unsent } from "../session/session.js";
import { Shape } from "../document/shape.js";

export const KEPT_DAYS = 30; // as long as the server takes a session back
const DATABASE = "draftwire";
const STORE = "unsent";
const BASES = "bases"; // documents, by the key of their record
const BY_SCOPE = "scope";
const DAY_MS = 86_400_000;

export interface JournalRecord extends Unsent {
  /** Session and draft. */
  readonly key: string;
  /** Server, workspace and user. */
  readonly scope: string;
  readonly at: number;
}

/** A record as it is kept: without the document, which is that of its base with `since` done to it. */
export type KeptRecord = Omit<JournalRecord, "replica"> & {
  readonly replica: Omit<JournalRecord["replica"], "value">;
  readonly since: readonly Op[];
};

/** A record to write, and its document where the one that is kept no longer does. */
export interface Writing {
  readonly record: KeptRecord;
  readonly base: Json | null;
}

interface Base {
  readonly key: string;
  readonly value: Json;
}

/** Why a page works without a journal. */
export type NoJournal = "no_storage" | "no_locks" | "storage_failed";

export class Journal {
  private constructor(private readonly database: IDBDatabase) {}

  /** Open the browser's journal; a string says why there is none (private mode, no secure context, Node). */
  static async open(nowMs: number): Promise<Journal | NoJournal> {
    if (globalThis.indexedDB === undefined) return "no_storage";
    if (sharedLocks() === null) return "no_locks";
    try {
      const asked = indexedDB.open(DATABASE, 2);
      asked.onupgradeneeded = ({ oldVersion }) => {
        if (oldVersion < 1) asked.result.createObjectStore(STORE, { keyPath: "key" }).createIndex(BY_SCOPE, "scope");
        asked.result.createObjectStore(BASES, { keyPath: "key" });
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
  async write(put: readonly Writing[], removed: readonly string[]): Promise<void> {
    const transaction = this.database.transaction([STORE, BASES], "readwrite");
    const [records, bases] = [transaction.objectStore(STORE), transaction.objectStore(BASES)];
    for (const { record, base } of put) {
      records.put(record);
      if (base !== null) bases.put({ key: record.key, value: base } satisfies Base);
    }
    for (const key of removed) {
      records.delete(key);
      bases.delete(key);
    }
    await settled(transaction);
  }

  /** The records of one user, workspace and server. */
  async records(scope: string): Promise<JournalRecord[]> {
    const transaction = this.database.transaction([STORE, BASES]);
    const kept = (await answer(transaction.objectStore(STORE).index(BY_SCOPE).getAll(scope))) as (KeptRecord | JournalRecord)[];
    const bases = await Promise.all(kept.map(({ key }) => answer(transaction.objectStore(BASES).get(key)) as Promise<Base | undefined>));
    return kept.flatMap((record, i) => whole(record, bases[i]) ?? []);
  }

  /** Forget all of one user, workspace and server. */
  async wipe(scope: string): Promise<void> {
    const store = this.database.transaction(STORE).objectStore(STORE);
    await this.write([], (await answer(store.index(BY_SCOPE).getAllKeys(scope))) as string[]);
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

/** A record with its document; null if that is missing. */
function whole(record: KeptRecord | JournalRecord, base: Base | undefined): JournalRecord | null {
  if ("value" in record.replica) return record as JournalRecord; // of an earlier release
  if (base === undefined) return null;
  const { replica, since, ...rest } = record as KeptRecord;
  const batch = new Batch(Doc.load(base.value as JsonObject, Shape.of(replica.shape)));
  for (const op of since) batch.apply(op, 0);
  const document = batch.document();
  return { ...rest, replica: { ...replica, value: document.value } };
}

/** The key of a record. */
export function journalKey(session: string, draft: string): string {
  return `${session} ${draft}`;
}

/** Hold the lock of a session until the answer is called; null if another load of a page has it. */
export function holdSession(session: string): Promise<(() => void) | null> {
  return new Promise((got, failed) => {
    const locks = sharedLocks();
    if (locks === null) {
      failed(new Problem("unavailable", "This browser gives the page no locks."));
      return;
    }
    const held = locks.request(`draftwire:${session}`, { ifAvailable: true }, (lock) => {
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
