/** What the lists of the workspace ask for: items, drafts, kinds, folders, and who is where. */

import { effect, signal } from "@preact/signals";
import type { EventInfo, PresenceEntry, rest } from "draftwire";
import { api } from "./api.js";
import { live, me } from "./session.js";

export const PAGE_ROWS = 100; // one request; the next when the end of the list comes into view
const PRESENCE_EVERY_MS = 3_000;

let asked: { token: string; identity: Promise<rest.Me> } | null = null;

/** Who I am to the server; asked once for each token. `actor.user` is what drafts name as their owner. */
export function identity(): Promise<rest.Me> {
  const token = me.value?.token ?? "";
  if (asked?.token !== token) {
    asked = { token, identity: api.server.me() };
    asked.identity.catch(() => (asked = null));
  }
  return asked.identity;
}

/** Every draft with an open alert, as far as one may know: how many alerts it has. */
export async function conflicts(signal: AbortSignal): Promise<ReadonlyMap<string, number>> {
  const { drafts } = await api.drafts.list({ conflict: true, limit: 200, signal });
  return new Map(drafts.map((draft) => [draft.draft, draft.conflicts ?? 0]));
}

// ---------------------------------------------------------------- who is where

export interface Whereabouts {
  /** By item; only items at which somebody is. */
  at: ReadonlyMap<string, readonly PresenceEntry[]>;
  /** The server is cut off from the others: more people may be here. */
  unknown: boolean;
}

export const whereabouts = signal<Whereabouts>({ at: new Map(), unknown: false });

let watchers = 0;
let timer: number | undefined;

/** Keep `whereabouts` fresh until the answer is called. A hidden tab asks for nothing. */
export function watchWhereabouts(): () => void {
  if (watchers++ === 0) {
    void look();
    document.addEventListener("visibilitychange", lookNow);
  }
  return () => {
    if (--watchers > 0) return;
    window.clearTimeout(timer);
    document.removeEventListener("visibilitychange", lookNow);
  };
}

function lookNow(): void {
  if (document.visibilityState === "visible") void look();
}

async function look(): Promise<void> {
  window.clearTimeout(timer);
  if (me.value !== null && document.visibilityState === "visible") {
    try {
      const said = await api.presence.everywhere();
      const at = new Map(said.items.map(({ item, here }) => [item, here]));
      const told = { at, unknown: said.unknown ?? false };
      if (JSON.stringify([...told.at]) !== JSON.stringify([...whereabouts.value.at]) || told.unknown !== whereabouts.value.unknown)
        whereabouts.value = told;
    } catch {
      // The next round asks again; what was last known stays on the page.
    }
  }
  window.clearTimeout(timer);
  if (watchers > 0) timer = window.setTimeout(() => void look(), PRESENCE_EVERY_MS);
}

/** One entry for each person or AI session at an item: who edits in one tab edits. */
export function present(entries: readonly PresenceEntry[]): PresenceEntry[] {
  const by = new Map<string, PresenceEntry>();
  for (const entry of entries) {
    const key = entry.actor.kind === "agent" ? entry.sid : entry.actor.user;
    const known = by.get(key);
    if (known === undefined || RANK[entry.state] > RANK[known.state]) by.set(key, entry);
  }
  return [...by.values()];
}

const RANK = { editing: 2, viewing: 1, idle: 0 };

// ---------------------------------------------------------------- what happens

/** Hear of everything that happens in the workspace, as far as one may see it, until the answer is called. */
export function follow(listener: (events: readonly EventInfo[]) => void): () => void {
  let stop: (() => void) | null = null;
  const end = effect(() => {
    const who = me.value;
    stop?.();
    stop = null;
    if (who === null) return;
    const client = live();
    client.subscribe(`workspace:${who.workspace}`);
    stop = client.on((event) => {
      if (event.type === "events" && event.workspace === who.workspace && event.events.length > 0) listener(event.events);
    });
  });
  return () => {
    end();
    stop?.();
  };
}

// ---------------------------------------------------------------- in words

/** Where a path lies: `f/payments`. */
export function folderOf(path: string | null): string {
  return path === null ? "" : path.split("/").slice(0, 2).join("/");
}
