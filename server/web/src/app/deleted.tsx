/** Deleted items that one may bring back, with all their drafts. */

import { useEffect, useState } from "preact/hooks";
import type { ActorInfo } from "draftwire";
import { ask, sentence } from "./http.js";
import { KindIcon, kindWord } from "./kind.js";
import type { KindRow } from "./listing.js";
import { attempt, tell } from "./notice.js";
import { nameOf } from "./person.js";
import { at, go } from "./route.js";
import { ago, counted } from "./words.js";

interface DeletedRow {
  item: string;
  kind: string;
  path: string | null;
  summary: string;
  by: ActorInfo;
  deleted_at: number;
  until: number;
  drafts: number;
}

export function Deleted({ kinds }: { kinds: readonly KindRow[] }) {
  const [rows, setRows] = useState<readonly DeletedRow[] | null>(null);
  const [trouble, setTrouble] = useState("");
  const titles = new Map(kinds.map(({ name, title }) => [name, title]));
  const load = (): void => {
    ask<{ items: DeletedRow[] }>(["deleted-items"], { query: { limit: 200 } }).then(
      ({ items }) => setRows(items),
      (error: unknown) => setTrouble(sentence(error)),
    );
  };
  useEffect(load, []);
  const back = async (row: DeletedRow): Promise<void> => {
    if (!(await attempt(() => ask(["items", row.item, "undelete"], { body: {} })))) return;
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
