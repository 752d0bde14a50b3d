/** Deleted items that one may bring back, with all their drafts. */

import { useEffect, useState } from "preact/hooks";
import type { rest } from "draftwire";
import { api } from "./api.js";
import { sentence } from "../calls.js";
import { KindIcon, kindWord } from "./kind.js";
import { attempt, tell } from "./notice.js";
import { nameOf } from "./person.js";
import { at, go } from "./route.js";
import { ago, counted } from "./words.js";

export function Deleted({ kinds }: { kinds: readonly rest.KindInfo[] }) {
  const [rows, setRows] = useState<readonly rest.DeletedItem[] | null>(null);
  const [trouble, setTrouble] = useState("");
  const titles = new Map(kinds.map(({ name, title }) => [name, title]));
  const load = (): void => {
    api.items.deleted({ limit: 200 }).then(
      ({ items }) => setRows(items),
      (error: unknown) => setTrouble(sentence(error)),
    );
  };
  useEffect(load, []);
  const back = async (row: rest.DeletedItem): Promise<void> => {
    if (!(await attempt(() => api.items.undelete(row.item)))) return;
    tell(`“${row.summary || row.path || "It"}” is back.`);
    go(at(row.item));
  };
  return (
    <>
      <p role="alert" class="trouble">
        {trouble}
      </p>
      {rows?.length === 0 && (
        <div class="empty">
          <h2>Nothing is deleted</h2>
          <p>What you delete stays here for 30 days, with all its drafts.</p>
        </div>
      )}
      <ul class="items" aria-label="Deleted items">
        {(rows ?? []).map((row) => (
          <li key={row.item} class="item">
            <KindIcon kind={row.kind} />
            <div class="item-name">
              <strong>{row.summary || row.path || "Without a name"}</strong>
              <span class="item-path">{row.path !== null && <code>{row.path}</code>}</span>
            </div>
            <span class="item-kind">{kindWord(row.kind, titles)}</span>
            <span class="quiet small">
              {ago(row.deleted_at)} by {nameOf(row.by)}
              {row.drafts > 0 ? `, with ${counted(row.drafts, "draft")}` : ""}
            </span>
            <button class="button" type="button" onClick={() => void back(row)}>
              Bring back
            </button>
          </li>
        ))}
      </ul>
    </>
  );
}
