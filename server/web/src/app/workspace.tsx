/** The workspace: its items by folder, the drafts, and what was deleted. What is shown stands in the address. */

import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { copyText } from "draftwire";
import type { EventInfo, rest } from "draftwire";
import { useActions, written } from "./actions.js";
import { Deleted } from "./deleted.js";
import { DraftTable } from "./draft-table.js";
import { api } from "./api.js";
import { sentence } from "../calls.js";
import { AwayDialog, ItemDialog } from "./item-dialogs.js";
import type { Wanted } from "./item-dialogs.js";
import { ItemList } from "./item-list.js";
import type { Around } from "./item-list.js";
import { conflicts, follow, identity, PAGE_ROWS, watchWhereabouts, whereabouts } from "./listing.js";
import type { Choice } from "./menu.js";
import { attempt, tell } from "./notice.js";
import { at, route, search, to } from "./route.js";
import { me } from "./session.js";
import { Since } from "./since.js";
import { inUse, usersOf } from "./used-by.js";
import { counted } from "./words.js";

const TYPING_MS = 180; // a search is asked when one pauses
const SETTLE_MS = 300; // events come in bursts: one look at the list for all
const FILTERS = ["q", "kind", "drafts", "behind", "conflict", "archived", "folder"];

export function Workspace() {
  const here = route.value;
  const query = here.page === "workspace" ? here.query : new URLSearchParams();
  const tab = query.get("tab") ?? "items";
  const [who, setWho] = useState<rest.Me | null>(null);
  const [kinds, setKinds] = useState<readonly rest.KindInfo[]>([]);
  const [folders, setFolders] = useState<readonly rest.Folder[]>([]);
  const [wanted, setWanted] = useState<Wanted | null>(null);
  const [round, setRound] = useState(0); // another look at the list
  const again = (): void => setRound((number) => number + 1);
  useEffect(() => {
    identity().then(setWho, () => undefined);
    api.kinds.list().then((said) => setKinds(said.kinds), () => undefined);
    api.folders.list().then((said) => setFolders(said.folders), () => undefined);
    return watchWhereabouts();
  }, [me.value]);
  useEffect(() => {
    document.title = `${tab === "drafts" ? "Drafts" : tab === "deleted" ? "Deleted items" : "Items"} · Draftwire`;
  }, [tab]);
  useActions(
    [
      { id: "new-item", label: "New item", key: "c", group: "Make", run: () => setWanted({ do: "make", kind: "script" }) },
      ...kinds.map(({ name, title }) => ({
        id: `new-${name}`,
        label: `New item: ${title}`,
        group: "Make",
        run: () => setWanted({ do: "make", kind: name }),
      })),
      { id: "tab-items", label: "Show items", key: "g i", group: "Show", run: () => search({ tab: null }, "push") },
      { id: "tab-drafts", label: "Show drafts", key: "g d", group: "Show", run: () => search({ tab: "drafts" }, "push") },
      { id: "tab-deleted", label: "Show deleted items", group: "Show", run: () => search({ tab: "deleted" }, "push") },
    ],
    [kinds],
  );
  const shared = { who, kinds, folders, round, again, want: setWanted };
  return (
    <>
      <div class="page-head">
        <h1>{who?.workspace_name ?? " "}</h1>
        <nav class="tabs" aria-label="Lists">
          {(["items", "drafts", "deleted"] as const).map((name) => (
            <a key={name} href={name === "items" ? to("/") : to("/", { tab: name })} aria-current={tab === name ? "page" : undefined}>
              {name === "items" ? "Items" : name === "drafts" ? "Drafts" : "Deleted"}
            </a>
          ))}
        </nav>
        {whereabouts.value.unknown && (
          <span class="quiet small" title="Nothing that is typed gets lost by that.">
            Who is where is not known in full just now
          </span>
        )}
        <button class="button" data-primary type="button" aria-keyshortcuts="c" onClick={() => setWanted({ do: "make", kind: "script" })}>
          New item
        </button>
      </div>
      {tab === "drafts" ? (
        <DraftTable who={who} kinds={kinds} />
      ) : tab === "deleted" ? (
        <Deleted kinds={kinds} />
      ) : (
        <Items query={query} {...shared} />
      )}
      {wanted !== null && <ItemDialog wanted={wanted} kinds={kinds} folders={folders} close={() => setWanted(null)} done={again} />}
    </>
  );
}

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

function Items({ query, who, kinds, round, again, want }: Shown) {
  const { rows, more, trouble, busy, showMore, open } = useItems(query, round, again);
  const [text, setText] = useState(query.get("q") ?? "");
  const [leaving, setLeaving] = useState<Away | null>(null);
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
  const around: Around = { mine: who?.actor.user ?? "", titles, conflicts: open, here: whereabouts.value.at, choices };
  const filtered = FILTERS.some((name) => query.has(name));
  return (
    <>
      {leaving !== null && <AwayDialog {...leaving} titles={titles} close={() => setLeaving(null)} />}
      <Since titles={titles} />
      <search class="filters">
        <label class="search-box">
          <span class="sr-only">Search in items</span>
          <input ref={box} type="search" value={text} placeholder="Search paths, summaries, code" onInput={(event) => setText(event.currentTarget.value)} onKeyDown={(event) => event.key === "Escape" && (setText(""), search({ q: null }))} />
          <kbd aria-hidden="true">{written("/")}</kbd>
        </label>
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
      <p class="sr-only" role="status">
        {busy || rows === null ? "" : rows.length === 0 ? "No items." : `${counted(rows.length, "item")}${more ? " and more" : ""}.`}
      </p>
      <p role="alert" class="trouble">
        {trouble}
      </p>
      <div class="list" aria-busy={busy}>
        {rows === null && trouble === "" && <Waiting />}
        {rows !== null && rows.length > 0 && <ItemList rows={rows} around={around} flat={asked !== ""} />}
        {rows?.length === 0 &&
          (filtered ? (
            <div class="empty">
              <h2>{asked === "" ? "No item is like that" : `Nothing has “${asked}” in it`}</h2>
              <p>{emptyBecause(query)}</p>
              <button class="button" type="button" onClick={clear}>
                Show all items
              </button>
            </div>
          ) : (
            <div class="empty">
              <h2>There are no items yet</h2>
              <p>An item is a script, a flow, an app: anything that is drafted, talked over and deployed. Items of others appear here when you may see them.</p>
              <button class="button" data-primary type="button" onClick={() => want({ do: "make", kind: "script" })}>
                Make the first one
              </button>
            </div>
          ))}
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

// ---------------------------------------------------------------- the rows

/** The rows that the address asks for, page by page, kept fresh by what happens in the workspace. */
function useItems(query: URLSearchParams, round: number, again: () => void) {
  const [pages, setPages] = useState<{ rows: readonly rest.ListedItem[] | null; next: string | null }>({ rows: null, next: null });
  const [open, setOpen] = useState<ReadonlyMap<string, number>>(new Map());
  const [trouble, setTrouble] = useState("");
  const [busy, setBusy] = useState(false);
  const running = useRef<AbortController | null>(null);
  const shown = useRef(0);
  const text = FILTERS.map((name) => `${name}=${query.get(name) ?? ""}`).join("&");
  const load = async (most: number): Promise<void> => {
    running.current?.abort();
    const stop = (running.current = new AbortController());
    setBusy(true);
    try {
      const [found, alerts] = await Promise.all([loadRows(query, most, stop.signal), conflicts(stop.signal)]);
      shown.current = found.rows.length;
      setPages(found);
      setOpen(alerts);
      setTrouble("");
    } catch (error) {
      if (stop.signal.aborted) return;
      setTrouble(sentence(error));
    }
    setBusy(false);
  };
  useEffect(() => {
    shown.current = 0;
    void load(PAGE_ROWS);
    return () => running.current?.abort();
  }, [text, me.value]);
  useEffect(() => {
    if (round > 0) void load(Math.max(PAGE_ROWS, shown.current));
  }, [round]);
  useEffect(() => {
    let timer: number | undefined;
    const end = follow((events: readonly EventInfo[]) => {
      if (!events.some(({ item }) => item != null)) return;
      timer ??= window.setTimeout(() => {
        timer = undefined;
        again();
      }, SETTLE_MS * Math.max(1, shown.current / PAGE_ROWS)); // a long list is many requests
    });
    return () => {
      window.clearTimeout(timer);
      end();
    };
  }, []);
  const showMore = (): void => {
    if (pages.next === null || busy) return;
    const { next } = pages;
    const stop = (running.current = new AbortController());
    setBusy(true);
    api.items.list({ ...asQuery(query), cursor: next, limit: PAGE_ROWS, signal: stop.signal }).then(
      (page) => {
        const rows = [...(pages.rows ?? []), ...page.items];
        shown.current = rows.length;
        setPages({ rows, next: page.next ?? null });
        setBusy(false);
      },
      (error: unknown) => {
        if (stop.signal.aborted) return;
        setTrouble(sentence(error));
        setBusy(false);
      },
    );
  };
  return { ...pages, more: pages.next !== null, open, trouble, busy, showMore };
}

type Filters = Pick<Required<rest.ItemQuery & rest.DraftListQuery>, "kind" | "behind" | "archived" | "folder">;

/** What the address asks of items and of drafts alike; a word that the server does not know it refuses. */
function filtersOf(query: URLSearchParams): Filters {
  const kind = query.get("kind") ?? "";
  const archived = query.get("archived") || "without";
  return { kind: kind === "" ? [] : [kind], behind: query.get("behind") === "true", archived: archived as Filters["archived"], folder: query.get("folder") || null };
}

function asQuery(query: URLSearchParams): rest.ItemQuery {
  const q = query.get("q") || null;
  const drafts = (query.get("drafts") || null) as Required<rest.ItemQuery>["drafts"];
  return { ...filtersOf(query), q, drafts, include: ["drafts"], order: q === null ? null : "rank" };
}

async function loadRows(query: URLSearchParams, most: number, signal: AbortSignal) {
  if (query.has("conflict")) return { rows: await inConflict(query, signal), next: null };
  const rows: rest.ListedItem[] = [];
  let next: string | null = null;
  do {
    const limit = Math.min(200, most - rows.length);
    const page: rest.ItemPage = await api.items.list({ ...asQuery(query), cursor: next, limit, signal });
    rows.push(...page.items);
    next = page.next ?? null;
  } while (next !== null && rows.length < most);
  return { rows, next };
}

/** Items of which a draft has an open conflict: the list of drafts knows them. */
async function inConflict(query: URLSearchParams, signal: AbortSignal): Promise<rest.ListedItem[]> {
  const whose = (query.get("drafts") || "any") as Required<rest.DraftListQuery>["whose"];
  const { drafts } = await api.drafts.list({ ...filtersOf(query), conflict: true, whose, limit: 200, signal });
  const words = (query.get("q") ?? "").toLowerCase().split(/\s+/).filter(Boolean);
  const rows = new Map<string, rest.ListedItem>();
  for (const row of drafts) {
    const { draft: id, purpose, owner, may, updated_at, generation, base_version } = row;
    if (!words.every((word) => `${row.path ?? ""} ${row.summary}`.toLowerCase().includes(word))) continue;
    const info = { id, purpose, owner, visibility: "readable" as const, generation: generation ?? 0, seq: 0, base_version: base_version ?? 0, updated_at, may };
    const known = rows.get(row.item);
    rows.set(row.item, {
      id: row.item, kind: row.kind, path: row.path, external_id: row.external_id ?? null, summary: row.summary, version: row.head_version ?? 0,
      changed_at: updated_at, archived: row.archived ?? false, drafts: [...(known?.drafts ?? []), info],
    });
  }
  return [...rows.values()].sort((a, b) => ((a.path ?? "~") < (b.path ?? "~") ? -1 : 1));
}
