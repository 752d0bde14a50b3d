/**
 * What others and AI sessions did since one last looked, until one says "seen".
 *
 * The place up to which somebody has seen is kept in this browser, per workspace and user; at the first look it is now.
 */

import { useEffect, useState } from "preact/hooks";
import { Problem } from "draftwire";
import type { ActorInfo, EventInfo } from "draftwire";
import { api } from "./api.js";
import { identity } from "./listing.js";
import { nameOf, Person } from "./person.js";
import { at } from "./route.js";
import { me } from "./session.js";
import { ago, counted } from "./words.js";

const TYPES = ["version.deployed", "item.created", "item.moved", "item.archived", "item.deleted", "draft.begun", "alert.opened"];
const LINES = 6; // the latest items; the rest are a number
const EVENTS = 500; // one answer

interface Line {
  item: string;
  name: string;
  path: string | null;
  did: string;
  at: number;
  by: ActorInfo | null;
}

interface Told {
  since: number;
  head: number;
  lines: Line[];
  more: number;
}

export function Since({ titles }: { titles: ReadonlyMap<string, string> }) {
  const [told, setTold] = useState<Told | null>(null);
  useEffect(() => {
    const stop = new AbortController();
    changes(stop.signal).then(setTold, () => undefined);
    return () => stop.abort();
  }, [me.value, titles.size === 0]);
  if (told === null || told.lines.length === 0) return null;
  const seen = (): void => {
    remember({ number: told.head, at: Date.now() / 1000 });
    setTold(null);
  };
  return (
    <section class="since" aria-labelledby="since-title">
      <h2 id="since-title">Since you looked {ago(told.since)}</h2>
      <ul>
        {told.lines.map(({ item, name, path, did, at: when, by }) => (
          <li key={item}>
            {by === null ? <span class="avatar small-avatar" aria-hidden="true" /> : <Person actor={by} small />}
            <span>
              <a href={at(item)}>{name}</a> {did}
              {by !== null && <span class="quiet"> · {nameOf(by)}</span>}
              {path !== null && path !== name && <span class="sr-only"> at {path}</span>}
            </span>
            <time class="quiet small" dateTime={new Date(when * 1000).toISOString()}>
              {ago(when)}
            </time>
          </li>
        ))}
      </ul>
      <div class="since-end">
        {told.more > 0 && <span class="quiet small">and {counted(told.more, "more item")}</span>}
        <button class="button" type="button" onClick={seen}>
          Seen
        </button>
      </div>
    </section>
  );
}

interface Place {
  number: number;
  at: number;
}

function key(): string {
  return `draftwire.seen.${me.value?.workspace ?? ""}.${me.value?.user ?? ""}`;
}

function remember(place: Place): void {
  localStorage.setItem(key(), JSON.stringify(place));
}

async function changes(signal: AbortSignal): Promise<Told | null> {
  const kept = localStorage.getItem(key());
  if (kept === null) {
    const now = await api.events.read({ signal });
    remember({ number: now.head, at: Date.now() / 1000 });
    return null;
  }
  const from = JSON.parse(kept) as Place;
  const mine = (await identity()).actor.user;
  const page = await api.events.read({ after: from.number, types: TYPES, limit: EVENTS, signal }).catch((error: unknown) => {
    if (!(error instanceof Problem) || !["cursor_expired", "cursor_ahead"].includes(error.code)) throw error;
    localStorage.removeItem(key()); // older than what is kept, or lost with it: the next look begins anew
    return null;
  });
  if (page === null) return null;
  const by = new Map<string, EventInfo[]>();
  for (const event of page.events) if (event.item != null) by.set(event.item, [...(by.get(event.item) ?? []), event]);
  const latest = [...by].sort(([, a], [, b]) => (b.at(-1)?.at ?? 0) - (a.at(-1)?.at ?? 0));
  const lines: Line[] = [];
  let more = 0;
  for (const [item, events] of latest) {
    if (lines.length >= LINES) {
      more++;
      continue;
    }
    const line = await told(item, events, mine, signal);
    if (line !== null) lines.push(line);
  }
  return { since: from.at, head: page.head, lines, more };
}

/** What became of one item, in a line; null if it is gone, or if nobody but me did anything. */
async function told(item: string, events: readonly EventInfo[], mine: string, signal: AbortSignal): Promise<Line | null> {
  const look = await api.items.get(item, { include: ["drafts"], signal }).catch(() => null);
  if (look === null) return null;
  const name = look.summary || look.path || item;
  const drafts = new Map((look.drafts ?? []).map(({ id, owner }) => [id, owner]));
  const others = events.filter(({ draft, type }) => !(type === "draft.begun" && drafts.get(draft ?? "")?.user === mine));
  const deploys = others.filter(({ type }) => type === "version.deployed").length;
  const alerts = others.filter(({ type }) => type === "alert.opened").length;
  const begun = others.filter(({ type }) => type === "draft.begun");
  const line = { item, name, path: look.path, at: events.at(-1)?.at ?? 0 };
  if (deploys > 0 && look.head !== null && look.head.by?.user !== mine)
    return { ...line, did: `is at version ${look.head.number}${look.head.message ? `: ${look.head.message}` : ""}`, by: look.head.by };
  if (alerts > 0) return { ...line, did: `has ${counted(alerts, "new conflict")}`, by: null };
  if (others.some(({ type }) => type === "item.moved")) return { ...line, did: `stands at ${look.path ?? "no path"} now`, by: null };
  const owner = begun.map(({ draft }) => drafts.get(draft ?? "")).find((owner) => owner != null && owner.user !== mine);
  if (others.some(({ type }) => type === "item.created") && look.creator !== mine) return { ...line, did: "is new", by: null };
  if (owner != null) return { ...line, did: "has a new draft", by: owner };
  return null;
}
