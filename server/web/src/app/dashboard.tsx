/** The dashboard: who is where, AI sessions, open conflicts, deploys as they come, and how much is edited. */

import { useEffect, useRef, useState } from "preact/hooks";
import type { ComponentChildren } from "preact";
import type { ActorInfo, EventInfo, PresenceEntry, rest } from "draftwire";
import { useActions } from "./actions.js";
import { api } from "./api.js";
import { sentence } from "../calls.js";
import { follow, identity, present, watchWhereabouts, whereabouts } from "./listing.js";
import { doingOf, nameOf, Person } from "./person.js";
import { at, route, search, to } from "./route.js";
import { me } from "./session.js";
import { ago, counted } from "./words.js";

const MINUTES = 30;
const ROWS = 8; // of each list: a wall is read from afar
const COUNT_EVERY_MS = 5_000;
const SETTLE_MS = 300;
const BACK = 200; // events behind the head, in which the last deploys are looked for

type Named = Pick<rest.ItemState, "path" | "summary">;

interface Deploy {
  number: number; // of the event
  item: string;
  version: number;
  at: number;
  by: ActorInfo | null;
  message: string;
}

export function Dashboard() {
  const here = route.value;
  const wall = here.page === "dashboard" && here.query.get("wall") === "true";
  const names = useNames();
  const deploys = useDeploys();
  const conflicts = useConflicts();
  const { activity, trouble } = useActivity();
  const [workspace, setWorkspace] = useState(" ");
  useEffect(() => {
    document.title = "Dashboard · Draftwire";
    identity().then((who) => setWorkspace(who.workspace_name), () => undefined);
    return watchWhereabouts();
  }, [me.value]);
  useEffect(() => {
    document.documentElement.toggleAttribute("data-wall", wall);
    return () => document.documentElement.removeAttribute("data-wall");
  }, [wall]);
  const toggleWall = (): void => search({ wall: wall ? null : "true" }, "push");
  useActions(
    [
      { id: "wall", label: wall ? "Leave the wall screen" : "Show on a wall screen", key: "w", group: "Show", run: toggleWall },
      ...(wall ? [{ id: "wall-off", label: "Leave the wall screen", key: "Escape", group: "Show", run: toggleWall }] : []),
    ],
    [wall],
  );
  const entries = [...whereabouts.value.at].flatMap(([item, list]) => present(list).map((entry) => ({ item, entry })));
  const people = entries.filter(({ entry }) => entry.actor.kind !== "agent");
  const agents = sessions(entries, activity);
  const total = sum((activity?.items ?? []).map(({ edits }) => edits));
  names.want([
    ...entries.map(({ item }) => item),
    ...deploys.map(({ item }) => item),
    ...(activity?.items ?? []).slice(0, ROWS).map(({ item }) => item),
    ...agents.map(({ item }) => item),
  ]);
  const link = (item: string) => <ItemLink item={item} name={names.of(item)} />;
  return (
    <>
      <div class="page-head">
        <h1>{workspace} now</h1>
        {whereabouts.value.unknown && <span class="quiet small">Who is where is not known in full just now</span>}
        <button class="button" type="button" aria-pressed={wall} aria-keyshortcuts="w" onClick={toggleWall}>
          {wall ? "Leave the wall screen" : "Wall screen"}
        </button>
      </div>
      <p role="alert" class="trouble">
        {trouble}
      </p>
      <dl class="figures">
        <Figure label="People here" value={new Set(people.map(({ entry }) => entry.actor.user)).size} />
        <Figure label="AI sessions at work" value={agents.filter(({ live }) => live).length} />
        <Figure label="Open conflicts" value={conflicts?.reduce((all, row) => all + (row.conflicts ?? 0), 0)} bad />
        <Figure label="Edits in this minute" value={activity === null ? undefined : (total.at(-1) ?? 0)} />
      </dl>
      <div class="board">
        <Card title="Edits per minute" wide>
          <Bars edits={activity === null ? Array.from({ length: MINUTES }, () => 0) : total} />
          {activity !== null && activity.items.length === 0 && <p class="quiet small">Nothing was typed in the last {MINUTES} minutes in what you may read.</p>}
          <ul class="lines">
            {(activity?.items ?? []).slice(0, ROWS).map(({ item, edits }) => (
              <li key={item} class="line edits">
                {link(item)}
                <Bars edits={edits} small />
                <span class="number">
                  {sum([edits]).reduce((all, one) => all + one, 0).toLocaleString("en")}
                  <span class="sr-only"> edits in {MINUTES} minutes</span>
                </span>
              </li>
            ))}
          </ul>
        </Card>
        <div class="board-stack">
          <Card title="Who is where">
            {people.length === 0 ? (
              <p class="quiet small">Nobody has an item open that you may see.</p>
            ) : (
              <ul class="lines">
                {people.slice(0, ROWS * 2).map(({ item, entry }) => (
                  <li key={`${item} ${entry.sid}`} class="line">
                    <Person actor={entry.actor} state={entry.state} />
                    <span class="two">
                      <strong>{nameOf(entry.actor)}</strong>
                      <span class="quiet small">
                        {doing(entry)} {link(item)}
                      </span>
                    </span>
                    <time class="quiet small" dateTime={new Date(entry.since * 1000).toISOString()}>
                      {ago(entry.since)}
                    </time>
                  </li>
                ))}
              </ul>
            )}
          </Card>
          <Card title="Open conflicts">
            {conflicts?.length === 0 ? (
              <p class="quiet small">None. Where two wrote in one place, it would stand here until somebody has chosen.</p>
            ) : (
              <ul class="lines">
                {(conflicts ?? []).slice(0, ROWS).map((row) => (
                  <li key={row.draft} class="line">
                    {row.owner === null ? <span class="avatar" aria-hidden="true">∗</span> : <Person actor={row.owner} />}
                    <span class="two">
                      <ItemLink item={row.item} name={row} />
                      <span class="quiet small">{row.owner === null ? "Shared draft" : `Draft of ${nameOf(row.owner)}`}</span>
                    </span>
                    <span class="mark" data-tone="bad">
                      {counted(row.conflicts ?? 0, "conflict")}
                    </span>
                  </li>
                ))}
              </ul>
            )}
          </Card>
        </div>
        <div class="board-stack">
          <Card title="AI sessions">
            {agents.length === 0 ? (
              <p class="quiet small">No AI session has worked here in the last {MINUTES} minutes.</p>
            ) : (
              <ul class="lines">
                {agents.slice(0, ROWS).map(({ key, actor, item, live, doing, edits, run }) => (
                  <li key={key} class="line">
                    <Person actor={actor} state={live ? "editing" : "idle"} />
                    <span class="two">
                      <strong>{nameOf(actor)}</strong>
                      <span class="quiet small">
                        {doing} {link(item)}
                        {run !== null && (
                          <>
                            {" · "}
                            <a href={to(`/runs/${run}`)}>its run</a>
                          </>
                        )}
                      </span>
                    </span>
                    <span class="quiet small">{edits === 0 ? "" : counted(edits, "edit")}</span>
                  </li>
                ))}
              </ul>
            )}
          </Card>
        </div>
        <div class="board-stack board-deploys">
          <Card title="Deploys">
            {deploys.length === 0 ? (
              <p class="quiet small">What is deployed appears here as it happens.</p>
            ) : (
              <ul class="lines" aria-live="polite" aria-relevant="additions">
                {deploys.slice(0, ROWS).map(({ number, item, version, at: when, by, message }) => (
                  <li key={number} class="line">
                    {by === null ? <span class="avatar" aria-hidden="true" /> : <Person actor={by} />}
                    <span class="two">
                      <span>
                        {link(item)} <span class="mark">v{version}</span>
                      </span>
                      <span class="quiet small">
                        {by === null ? "" : nameOf(by)}
                        {message === "" ? "" : `: ${message}`}
                      </span>
                    </span>
                    <time class="quiet small" dateTime={new Date(when * 1000).toISOString()}>
                      {ago(when)}
                    </time>
                  </li>
                ))}
              </ul>
            )}
          </Card>
          {activity?.counts_people && (
            <Card title="Edits of people">
              <p class="quiet small">An admin of this workspace has these counted. Whoever may read the drafts sees them.</p>
              {(activity.people ?? []).length === 0 && <p class="quiet small">Nobody has edited in the last {MINUTES} minutes in what you may read.</p>}
              <ul class="lines">
                {(activity.people ?? []).slice(0, ROWS).map(({ actor, edits }) => (
                  <li key={actor.id} class="line edits">
                    <span class="row">
                      <Person actor={actor} small /> <span>{nameOf(actor)}</span>
                    </span>
                    <Bars edits={edits} small />
                    <span class="number">
                      {sum([edits]).reduce((all, one) => all + one, 0).toLocaleString("en")}
                      <span class="sr-only"> edits in {MINUTES} minutes</span>
                    </span>
                  </li>
                ))}
              </ul>
            </Card>
          )}
        </div>
      </div>
    </>
  );
}

function Figure({ label, value, bad = false }: { label: string; value: number | undefined; bad?: boolean }) {
  return (
    <div>
      <dt>{label}</dt>
      <dd data-bad={bad && (value ?? 0) > 0 ? "" : undefined}>{value === undefined ? "–" : value.toLocaleString("en")}</dd>
    </div>
  );
}

function Card({ title, wide = false, children }: { title: string; wide?: boolean; children: ComponentChildren }) {
  const id = `card-${title.toLowerCase().replaceAll(" ", "-")}`;
  return (
    <section class="card" data-wide={wide ? "" : undefined} aria-labelledby={id}>
      <h2 id={id}>{title}</h2>
      {children}
    </section>
  );
}

function ItemLink({ item, name }: { item: string; name: Named | undefined }) {
  return (
    <a href={at(item)} title={name?.path ?? undefined}>
      {name === undefined ? "…" : name.summary || name.path || "Without a name"}
    </a>
  );
}

/** A bar for each minute, the oldest at the left; a flat line is nothing. */
function Bars({ edits, small = false }: { edits: readonly number[]; small?: boolean }) {
  const most = Math.max(1, ...edits);
  const height = small ? 22 : 96;
  const said = `Edits per minute: ${edits.at(-1) ?? 0} now, at most ${Math.max(0, ...edits)} in the last ${edits.length} minutes`;
  return (
    <figure class={small ? "bars small-bars" : "bars"}>
      <svg viewBox={`0 0 ${edits.length * 10} ${height}`} preserveAspectRatio="none" role="img" aria-label={said}>
        {edits.map((number, i) => {
          const tall = number === 0 ? 1 : Math.max(3, (number / most) * (height - 2));
          return <rect key={i} x={i * 10 + 1} y={height - tall} width={8} height={tall} data-none={number === 0 ? "" : undefined} />;
        })}
      </svg>
      {!small && (
        <figcaption class="quiet small" aria-hidden="true">
          <span>{edits.length} minutes ago</span>
          <span>at most {Math.max(0, ...edits)} a minute</span>
          <span>now</span>
        </figcaption>
      )}
    </figure>
  );
}

function doing(entry: PresenceEntry): string {
  const said = doingOf(entry);
  return said === "" ? { editing: "edits", viewing: "looks at", idle: "is away from" }[entry.state] : `${said} in`;
}

interface Session {
  key: string;
  actor: ActorInfo;
  item: string;
  live: boolean;
  doing: string;
  edits: number;
  run: string | null;
}

/** AI sessions that are here now, then those that have written lately. */
function sessions(entries: readonly { item: string; entry: PresenceEntry }[], activity: rest.Activity | null): Session[] {
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

function sum(many: readonly (readonly number[])[]): number[] {
  const all: number[] = Array.from({ length: Math.max(MINUTES, many[0]?.length ?? 0) }, () => 0);
  for (const edits of many) edits.forEach((number, i) => (all[i] = (all[i] ?? 0) + number));
  return all;
}

// ---------------------------------------------------------------- what it asks

/** Names of items by id, asked once for each; what one may not see has none. */
function useNames(): { of: (item: string) => Named | undefined; want: (items: readonly string[]) => void } {
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

function useDeploys(): readonly Deploy[] {
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

function useConflicts(): readonly rest.ListedDraft[] | null {
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

function useActivity(): { activity: rest.Activity | null; trouble: string } {
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
