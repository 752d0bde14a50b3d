/** The workspace: its items by folder. */

import { useEffect, useState } from "preact/hooks";
import { ask, sentence } from "./http.js";
import { at } from "./route.js";
import { me } from "./session.js";

interface Row {
  id: string;
  kind: string;
  path: string | null;
  summary: string;
  version: number;
}

export function Workspace() {
  const [rows, setRows] = useState<readonly Row[] | null>(null);
  const [trouble, setTrouble] = useState("");
  useEffect(() => {
    const stop = new AbortController();
    ask<{ items: Row[] }>(["items"], { query: { limit: 200 }, signal: stop.signal }).then(
      (page) => setRows(page.items),
      (error: unknown) => {
        if (!stop.signal.aborted) setTrouble(sentence(error));
      },
    );
    return () => stop.abort();
  }, [me.value]);
  return (
    <>
      <h1 class="sr-only">Items</h1>
      <p role="alert" class="trouble">
        {trouble}
      </p>
      {byFolder(rows ?? []).map(([folder, inside]) => (
        <section key={folder} aria-label={folder}>
          <h2>{folder}</h2>
          <ul class="items">
            {inside.map((row) => (
              <li key={row.id}>
                <span class="kind">{row.kind}</span>
                <a href={at(row.id)}>{row.summary || row.path || row.id}</a>
              </li>
            ))}
          </ul>
        </section>
      ))}
    </>
  );
}

function byFolder(rows: readonly Row[]): [string, Row[]][] {
  const folders = new Map<string, Row[]>();
  for (const row of rows) folders.set(folderOf(row), [...(folders.get(folderOf(row)) ?? []), row]);
  return [...folders];
}

function folderOf(row: Row): string {
  return row.path === null ? "Without a path" : row.path.split("/").slice(0, 2).join("/");
}
