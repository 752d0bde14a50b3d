/** The list of items: what is shown of them, and what is done with one. */

import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import type { ComponentChildren } from "preact";
import { copyText } from "draftwire";
import type { rest } from "draftwire";
import { useActions, written } from "./actions.js";
import { api } from "./api.js";
import { AwayDialog } from "./item-dialogs.js";
import type { Wanted } from "./item-dialogs.js";
import { ItemList } from "./item-list.js";
import type { Around } from "./item-list.js";
import { FILTERS, useItems } from "./item-query.js";
import { whereabouts } from "./listing.js";
import type { Choice } from "./menu.js";
import { attempt, tell } from "./notice.js";
import { at, search } from "./route.js";
import { Since } from "./since.js";
import { inUse, usersOf } from "./used-by.js";
import { counted } from "./words.js";

const TYPING_MS = 180; // a search is asked when one pauses

/** An item that is to go although others name it. */
interface Away {
  row: rest.ListedItem;
  what: "Delete" | "Archive";
  used: rest.UsedBy;
  act: () => void;
}

interface Shown {
  query: URLSearchParams;
  who: rest.Me | null;
  kinds: readonly rest.KindInfo[];
  round: number;
  again: () => void;
  want: (wanted: Wanted) => void;
}

export function Items({ query, who, kinds, round, again, want }: Shown) {
  const { rows, more, trouble, busy, showMore, open } = useItems(query, round, again);
  const [text, setText] = useState(query.get("q") ?? "");
  const box = useRef<HTMLInputElement>(null);
  const end = useRef<HTMLDivElement>(null);
  const asked = query.get("q") ?? "";
  useEffect(() => setText(asked), [asked]);
  useEffect(() => {
    if (text === asked) return;
    const timer = window.setTimeout(() => search({ q: text.trim() }), TYPING_MS);
    return () => window.clearTimeout(timer);
  }, [text]);
  useEffect(() => {
    if (end.current === null || !more) return;
    const seer = new IntersectionObserver(([seen]) => seen?.isIntersecting && showMore(), { rootMargin: "600px" });
    seer.observe(end.current);
    return () => seer.disconnect();
  }, [more, rows]);
  const toggle = (name: string, value: string): void => search({ [name]: query.get(name) === value ? null : value }, "push");
  useActions(
    [
      { id: "search", label: "Search in items", key: "/", group: "Show", run: () => box.current?.focus() },
      { id: "only-mine", label: "Only items with a draft of mine", group: "Show", run: () => toggle("drafts", "mine") },
      { id: "only-behind", label: "Only items with a draft that is behind", group: "Show", run: () => toggle("behind", "true") },
      { id: "only-conflict", label: "Only items in conflict", group: "Show", run: () => toggle("conflict", "true") },
      { id: "no-filters", label: "Show all items", group: "Show", run: clear },
    ],
    [query.toString()],
  );
  const titles = useMemo(() => new Map(kinds.map(({ name, title }) => [name, title])), [kinds]);
  const { choices, leaving, stay } = useRowActs(again, want);
  const around: Around = { mine: who?.actor.user ?? "", titles, conflicts: open, here: whereabouts.value.at, choices };
  const filtered = FILTERS.some((name) => query.has(name));
  return (
    <>
      {leaving !== null && <AwayDialog {...leaving} titles={titles} close={stay} />}
      <Since titles={titles} />
      <Filters query={query} titles={titles} kinds={kinds} toggle={toggle}>
        <label class="search-box">
          <span class="sr-only">Search in items</span>
          <input ref={box} type="search" value={text} placeholder="Search paths, summaries, code" onInput={(event) => setText(event.currentTarget.value)} onKeyDown={(event) => event.key === "Escape" && (setText(""), search({ q: null }))} />
          <kbd aria-hidden="true">{written("/")}</kbd>
        </label>
      </Filters>
      <p class="sr-only" role="status">
        {busy || rows === null ? "" : rows.length === 0 ? "No items." : `${counted(rows.length, "item")}${more ? " and more" : ""}.`}
      </p>
      <p role="alert" class="trouble">
        {trouble}
      </p>
      <div class="list" aria-busy={busy}>
        {rows === null && trouble === "" && <Waiting />}
        {rows !== null && rows.length > 0 && <ItemList rows={rows} around={around} flat={asked !== ""} />}
        {rows?.length === 0 && (filtered ? <NoneLikeThat query={query} /> : <NoneYet make={() => want({ do: "make", kind: "script" })} />)}
        {more && (
          <div ref={end} class="more">
            <button class="button" type="button" onClick={showMore}>
              Show more
            </button>
          </div>
        )}
      </div>
    </>
  );
}

/** What the menu of an item offers; `leaving` is one that others name, and that is asked about before it goes. */
function useRowActs(again: () => void, want: (wanted: Wanted) => void) {
  const [leaving, setLeaving] = useState<Away | null>(null);
  const choices = (row: rest.ListedItem): Choice[] => [
    { label: "Copy link", run: () => void attempt(() => copyText(new URL(at(row.id), location.href).href)).then((done) => done && tell("The link is copied.")) },
    { label: "Path and summary…", run: () => want({ do: "move", row }) },
    { label: "Fork…", run: () => want({ do: "fork", row }) },
    row.archived
      ? { label: "Unarchive", run: () => void put(row, "is back", () => api.items.unarchive(row.id), () => api.items.archive(row.id)) }
      : { label: "Archive", run: () => void away(row, "Archive", "is archived", () => api.items.archive(row.id), () => api.items.unarchive(row.id)) },
    { label: "Delete", bad: true, run: () => void away(row, "Delete", "is deleted", () => api.items.delete(row.id), () => api.items.undelete(row.id)) },
  ];
  const away = async (row: rest.ListedItem, what: Away["what"], became: string, act: () => Promise<unknown>, back: () => Promise<unknown>): Promise<void> => {
    const used = await usersOf(row.id).catch(() => null); // it can be taken back in any case
    const uses = inUse(used);
    const go = (): void => void put(row, `${became}${uses && `, and ${uses}`}`, act, back);
    if (used === null || used.items.length === 0) go();
    else setLeaving({ row, what, used, act: go });
  };
  const put = async (row: rest.ListedItem, became: string, act: () => Promise<unknown>, back: () => Promise<unknown>): Promise<void> => {
    if (!(await attempt(act))) return;
    again();
    tell(`“${row.summary || row.path || "It"}” ${became}.`, () => back().then(again));
  };
  return { choices, leaving, stay: () => setLeaving(null) };
}

interface FiltersShown {
  query: URLSearchParams;
  titles: ReadonlyMap<string, string>;
  kinds: readonly rest.KindInfo[];
  toggle: (name: string, value: string) => void;
  /** Before the filters. */
  children: ComponentChildren;
}

function Filters({ query, titles, kinds, toggle, children }: FiltersShown) {
  return (
    <search class="filters">
      {children}
      <label>
        <span class="sr-only">Kind</span>
        <select value={query.get("kind") ?? ""} onChange={(event) => search({ kind: event.currentTarget.value }, "push")}>
          <option value="">All kinds</option>
          {query.has("kind") && !titles.has(query.get("kind") ?? "") && <option value={query.get("kind") ?? ""}>{query.get("kind")}</option>}
          {kinds.map(({ name, title }) => (
            <option key={name} value={name}>
              {title}
            </option>
          ))}
        </select>
      </label>
      <label>
        <span class="sr-only">Drafts</span>
        <select value={query.get("drafts") ?? ""} onChange={(event) => search({ drafts: event.currentTarget.value }, "push")}>
          <option value="">Drafts or none</option>
          <option value="any">With a draft</option>
          <option value="mine">With my draft</option>
          <option value="others">With others’ drafts</option>
        </select>
      </label>
      <Chip on={query.has("behind")} set={() => toggle("behind", "true")} label="Behind" />
      <Chip on={query.has("conflict")} set={() => toggle("conflict", "true")} label="In conflict" />
      <Chip on={query.get("archived") === "only"} set={() => toggle("archived", "only")} label="Archived" />
      {query.has("folder") && <Chip on set={() => search({ folder: null }, "push")} label={`In ${query.get("folder") ?? ""}`} />}
    </search>
  );
}

function NoneLikeThat({ query }: { query: URLSearchParams }) {
  const asked = query.get("q") ?? "";
  return (
    <div class="empty">
      <h2>{asked === "" ? "No item is like that" : `Nothing has “${asked}” in it`}</h2>
      <p>{emptyBecause(query)}</p>
      <button class="button" type="button" onClick={clear}>
        Show all items
      </button>
    </div>
  );
}

function NoneYet({ make }: { make: () => void }) {
  return (
    <div class="empty">
      <h2>There are no items yet</h2>
      <p>An item is a script, a flow, an app: anything that is drafted, talked over and deployed. Items of others appear here when you may see them.</p>
      <button class="button" data-primary type="button" onClick={make}>
        Make the first one
      </button>
    </div>
  );
}

function clear(): void {
  search(Object.fromEntries(FILTERS.map((name) => [name, null])), "push");
}

function emptyBecause(query: URLSearchParams): string {
  if (query.has("conflict")) return "No draft that you may read has an open conflict. That is good.";
  if (query.has("behind")) return "All those drafts stand on what is deployed now.";
  if (query.get("archived") === "only") return "Archived items leave the lists, keep their versions, and can come back.";
  if (query.get("drafts") === "mine") return "You have no changes that are not deployed.";
  return "Search finds words, and beginnings of words, in paths, summaries and what is deployed.";
}

function Chip({ on, set, label }: { on: boolean; set: () => void; label: string }) {
  return (
    <button class="chip" type="button" aria-pressed={on} onClick={set}>
      {label}
    </button>
  );
}

/** Room for the rows that are on their way, so that nothing jumps when they come. */
export function Waiting({ rows = 8 }: { rows?: number }) {
  return (
    <ul class="items waiting" aria-hidden="true">
      {Array.from({ length: rows }, (_, i) => (
        <li key={i} class="item" />
      ))}
    </ul>
  );
}
