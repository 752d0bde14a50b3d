/** What the dashboard asks for and keeps fresh: names of items, deploys as they come, open conflicts, who writes how much. */

import { useEffect, useRef, useState } from "preact/hooks";
import type { ActorInfo, EventInfo, PresenceEntry, rest } from "draftwire";
import { api } from "./api.js";
import { sentence } from "../calls.js";
import { follow } from "./listing.js";
import { doingOf } from "./person.js";
import { me } from "./session.js";
import { ago } from "./words.js";

export const MINUTES = 30;
export const ROWS = 8; // of each list: a wall is read from afar
const COUNT_EVERY_MS = 5_000;
const SETTLE_MS = 300;
const BACK = 200; // events behind the head, in which the last deploys are looked for

export type Named = Pick<rest.ItemState, "path" | "summary">;

export interface Deploy {
  number: number; // of the event
  item: string;
  version: number;
  at: number;
  by: ActorInfo | null;
  message: string;
}

/** Somebody at an item. */
export interface At {
  item: string;
  entry: PresenceEntry;
}

/** Names of items by id, asked once for each; what one may not see has none. */
export function useNames(): { of: (item: string) => Named | undefined; want: (items: readonly string[]) => void } {
  const [names, setNames] = useState<ReadonlyMap<string, Named>>(new Map());
  const asked = useRef(new Set<string>());
  const want = (items: readonly string[]): void => {
    for (const item of items) {
      if (asked.current.has(item)) continue;
      asked.current.add(item);
      api.items.get(item, { include: ["none"] }).then(
        (found) => setNames((known) => new Map(known).set(item, found)),
        () => asked.current.delete(item),
      );
    }
  };
  return { of: (item) => names.get(item), want };
}

export function useDeploys(): readonly Deploy[] {
  const [deploys, setDeploys] = useState<readonly Deploy[]>([]);
  useEffect(() => {
    const stop = new AbortController();
    const take = async (events: readonly EventInfo[]): Promise<void> => {
      const found = await Promise.all(events.filter(({ type }) => type === "version.deployed").map((event) => told(event, stop.signal)));
      const fresh = found.filter((deploy) => deploy !== null);
      setDeploys((known) => {
        const all = new Map([...known, ...fresh].map((deploy) => [deploy.number, deploy]));
        return [...all.values()].sort((a, b) => b.number - a.number).slice(0, ROWS);
      });
    };
    const end = follow((events) => void take(events).catch(() => undefined));
    const look = async (): Promise<void> => {
      const { head } = await api.events.read({ signal: stop.signal });
      const page = await api.events.read({ after: Math.max(0, head - BACK), types: ["version.deployed"], limit: BACK, signal: stop.signal });
      await take(page.events.slice(-ROWS));
    };
    look().catch(() => undefined);
    return () => {
      stop.abort();
      end();
    };
  }, [me.value]);
  return deploys;
}

async function told({ number, item, at: when, data }: EventInfo, signal: AbortSignal): Promise<Deploy | null> {
  const version = (data as { version?: number } | null | undefined)?.version;
  if (item == null || version === undefined) return null;
  const found = await api.versions.get(item, version, { signal }).catch(() => null);
  return { number, item, version, at: when, by: found?.deployer ?? null, message: found?.message ?? "" };
}

export function useConflicts(): readonly rest.ListedDraft[] | null {
  const [rows, setRows] = useState<readonly rest.ListedDraft[] | null>(null);
  useEffect(() => {
    const look = (): void => {
      api.drafts.list({ conflict: true, limit: 200 }).then(({ drafts }) => setRows(drafts), () => undefined);
    };
    look();
    let timer: number | undefined;
    const end = follow((events) => {
      if (!events.some(({ type }) => type.startsWith("alert.") || type.startsWith("draft."))) return;
      timer ??= window.setTimeout(() => {
        timer = undefined;
        look();
      }, SETTLE_MS);
    });
    return () => {
      window.clearTimeout(timer);
      end();
    };
  }, [me.value]);
  return rows;
}

export function useActivity(): { activity: rest.Activity | null; trouble: string } {
  const [activity, setActivity] = useState<rest.Activity | null>(null);
  const [trouble, setTrouble] = useState("");
  useEffect(() => {
    const look = (): void => {
      if (document.visibilityState !== "visible") return;
      api.activity.perMinute({ minutes: MINUTES }).then(
        (found) => {
          setActivity(found);
          setTrouble("");
        },
        (error: unknown) => setTrouble(sentence(error)),
      );
    };
    look();
    const timer = window.setInterval(look, COUNT_EVERY_MS);
    document.addEventListener("visibilitychange", look);
    return () => {
      window.clearInterval(timer);
      document.removeEventListener("visibilitychange", look);
    };
  }, [me.value]);
  return { activity, trouble };
}

// ---------------------------------------------------------------- AI sessions

/** An AI session in an item: at work there, or lately. */
export interface Session {
  key: string;
  actor: ActorInfo;
  item: string;
  live: boolean;
  doing: string;
  edits: number;
  run: string | null;
}

/** AI sessions that are here now, then those that have written lately. */
export function sessionsOf(entries: readonly At[], activity: rest.Activity | null): Session[] {
  const found = new Map<string, Session>();
  for (const { item, entry } of entries) {
    if (entry.actor.kind !== "agent") continue;
    const key = `${entry.actor.id} ${entry.run ?? ""} ${item}`;
    found.set(key, { key, actor: entry.actor, item, live: true, doing: doing(entry), edits: 0, run: entry.run ?? null });
  }
  for (const { actor, item, edits, run, last_at } of activity?.agents ?? []) {
    const key = `${actor.id} ${run ?? ""} ${item}`;
    const known = found.get(key) ?? { key, actor, item, live: false, doing: `wrote ${ago(last_at)} in`, edits: 0, run: run ?? null };
    found.set(key, { ...known, edits: edits.reduce((all, one) => all + one, 0) });
  }
  return [...found.values()];
}

/** What somebody does at an item, before its name. */
export function doing(entry: PresenceEntry): string {
  const said = doingOf(entry);
  return said === "" ? { editing: "edits", viewing: "looks at", idle: "is away from" }[entry.state] : `${said} in`;
}
