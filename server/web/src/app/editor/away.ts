/**
 * What others changed while I was away. Once there is something, "seen" is said by the person alone; what comes in while
 * they look on is seen as they leave. A first visit is where it begins.
 */

import { useEffect, useState } from "preact/hooks";
import type { rest } from "draftwire";
import { api } from "../api.js";
import type { Desk } from "./desk.js";

export interface Away {
  changes: rest.DraftChanges | null;
  seen: () => Promise<void>;
}

export function useAway(desk: Desk): Away {
  const [changes, setChanges] = useState<rest.DraftChanges | null>(null);
  const draft = desk.draft.value;
  useEffect(() => {
    setChanges(null);
    if (draft === null || !draft.stands) return;
    const stop = new AbortController();
    const begin = async (): Promise<void> => {
      const found = await api.history.changes(draft.id, { item: desk.item, signal: stop.signal });
      if (found.by.length > 0 && found.looked_at != null) setChanges(found);
      else await looked(desk, found.until);
    };
    begin().catch(() => undefined); // who may not read the past is told nothing of it
    return () => stop.abort();
  }, [draft]);
  useEffect(() => {
    if (draft === null || changes !== null) return;
    const left = (): void => {
      if (document.visibilityState === "hidden" && draft.stands) looked(desk, desk.etag).catch(() => undefined);
    };
    document.addEventListener("visibilitychange", left);
    return () => document.removeEventListener("visibilitychange", left);
  }, [draft, changes]);
  return {
    changes,
    seen: async () => {
      if (changes !== null) await looked(desk, changes.until);
      setChanges(null);
    },
  };
}

export async function looked(desk: Desk, etag: string): Promise<void> {
  const draft = desk.draft.value;
  if (draft !== null) await api.history.looked(draft.id, { etag, item: desk.item }, { keepalive: true });
}
