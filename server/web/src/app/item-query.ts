/** The rows of the list of items: asked page by page, as the address says, and kept fresh. */

import { useEffect, useRef, useState } from "preact/hooks";
import type { EventInfo, rest } from "draftwire";
import { api } from "./api.js";
import { sentence } from "../calls.js";
import { conflicts, follow, PAGE_ROWS } from "./listing.js";
import { me } from "./session.js";

const SETTLE_MS = 300; // events come in bursts: one look at the list for all
export const FILTERS = ["q", "kind", "drafts", "behind", "conflict", "archived", "folder"];

/** The rows that the address asks for, page by page, kept fresh by what happens in the workspace. */
export function useItems(query: URLSearchParams, round: number, again: () => void) {
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
