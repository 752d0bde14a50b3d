/** The rows of the workspace: what an item is, which drafts stand on it, who is there. */

import type { PresenceEntry, rest } from "draftwire";
import { KindIcon, kindWord } from "./kind.js";
import { folderOf, present } from "./listing.js";
import { Menu } from "./menu.js";
import type { Choice } from "./menu.js";
import { nameOf, Person, shortName } from "./person.js";
import { at, to } from "./route.js";
import { ago, counted } from "./words.js";

const FACES = 4; // more are a number
const HITS = 3;

export interface Around {
  mine: string; // my user id
  titles: ReadonlyMap<string, string>;
  conflicts: ReadonlyMap<string, number>;
  here: ReadonlyMap<string, readonly PresenceEntry[]>;
  choices: (row: rest.ListedItem) => readonly Choice[];
}

/** Items in their order, a heading for each folder; a search has no folders: its order is how well they answer. */
export function ItemList({ rows, around, flat }: { rows: readonly rest.ListedItem[]; around: Around; flat: boolean }) {
  if (flat) return <Rows rows={rows} around={around} label="Found" />;
  return (
    <>
      {byFolder(rows).map(([folder, inside]) => (
        <section key={folder} class="folder" aria-labelledby={`folder-${folder}`}>
          <h2 id={`folder-${folder}`}>
            {folder === "" ? "Without a path" : <a href={to("/", { folder })}>{folder}</a>}
            <span class="quiet small" aria-hidden="true">
              {inside.length}
            </span>
          </h2>
          <Rows rows={inside} around={around} label={folder || "Without a path"} />
        </section>
      ))}
    </>
  );
}

function Rows({ rows, around, label }: { rows: readonly rest.ListedItem[]; around: Around; label: string }) {
  return (
    <ul class="items" aria-label={label}>
      {rows.map((row) => (
        <Row key={row.id} row={row} around={around} />
      ))}
    </ul>
  );
}

function Row({ row, around }: { row: rest.ListedItem; around: Around }) {
  const name = row.summary || row.path || "Without a name";
  const here = present(around.here.get(row.id) ?? []);
  return (
    <li class="item" data-item={row.id}>
      <KindIcon kind={row.kind} />
      <div class="item-name">
        <a href={at(row.id)}>{name}</a>
        <span class="item-path" data-kind={kindWord(row.kind, around.titles)}>
          {row.summary !== "" && row.path !== null && <code>{row.path}</code>}
          {row.archived && <span class="mark">Archived</span>}
        </span>
        {(row.hits ?? []).some(({ where }) => where === "content") && (
          <ul class="hits" aria-label="Found in its text">
            {(row.hits ?? [])
              .filter(({ where }) => where === "content")
              .slice(0, HITS)
              .map((hit, i) => (
                <li key={i}>
                  {hit.line != null && <span class="quiet">{hit.line}</span>}
                  <code>{marked(hit)}</code>
                </li>
              ))}
          </ul>
        )}
      </div>
      <span class="item-kind">{kindWord(row.kind, around.titles)}</span>
      <Drafts row={row} around={around} />
      <Here here={here} />
      <span class="item-version">
        <span title={`Changed ${ago(row.changed_at)}`} aria-label={row.version === 0 ? undefined : `Version ${row.version}`}>
          {row.version === 0 ? "Never deployed" : `v${row.version}`}
        </span>
      </span>
      <Menu label={`More for ${name}`} choices={around.choices(row)} />
    </li>
  );
}

function Drafts({ row, around }: { row: rest.ListedItem; around: Around }) {
  const drafts = row.drafts ?? [];
  const mine = drafts.find(({ purpose, owner }) => purpose === "own" && owner?.user === around.mine);
  const shared = drafts.find(({ purpose }) => purpose === "shared");
  const others = drafts.filter(({ id, owner }) => id !== mine?.id && id !== shared?.id && owner !== null);
  const own = mine ?? shared;
  const conflicts = drafts.reduce((sum, { id }) => sum + (around.conflicts.get(id) ?? 0), 0);
  return (
    <span class="item-drafts">
      {conflicts > 0 && <span class="mark" data-tone="bad">{counted(conflicts, "conflict")}</span>}
      {own !== undefined && row.version > own.base_version && (
        <span class="mark" data-tone="warn" title={`It stands on version ${own.base_version}, version ${row.version} is deployed.`}>
          Behind
        </span>
      )}
      {mine !== undefined && <span class="mark" data-tone="mine">My draft</span>}
      {shared !== undefined && <span class="mark">Shared draft</span>}
      {others.length > 0 && (
        <span class="faces" title={`Drafts of ${others.map(({ owner }) => owner?.name).join(", ")}`}>
          <span class="sr-only">Drafts of {others.map(({ owner }) => owner?.name).join(", ")}</span>
          <span class="faces-label" aria-hidden="true">
            {others.length === 1 ? "Draft of" : "Drafts of"}
          </span>
          {others.slice(0, FACES).map(({ id, owner }) => owner !== null && <Person key={id} actor={owner} small />)}
          {others.length > FACES && <span class="quiet small">+{others.length - FACES}</span>}
        </span>
      )}
    </span>
  );
}

/** Who is at an item: a person's disc, an AI session's tile; who edits has a filled one and the word. */
function Here({ here }: { here: readonly PresenceEntry[] }) {
  const writing = here.find(({ state, actor }) => state === "editing" && actor.kind === "agent") ?? here.find(({ state }) => state === "editing");
  return (
    <span class="item-here">
      {here.length > 0 && (
        <>
          <span class="sr-only">Here now: {here.map(({ actor, state }) => `${nameOf(actor)}, ${state}`).join("; ")}</span>
          <span class="faces" aria-hidden="true">
            {here.slice(0, FACES).map(({ sid, actor, state }) => (
              <span key={sid} title={`${nameOf(actor)}, ${state}`}>
                <Person actor={actor} state={state} small />
              </span>
            ))}
            {here.length > FACES && <span class="quiet small">+{here.length - FACES}</span>}
          </span>
          <span class="item-doing" aria-hidden="true">
            {writing !== undefined ? `${writing.actor.kind === "agent" ? "AI" : shortName(writing.actor)} edits` : here.length === 1 && here[0] !== undefined ? shortName(here[0].actor) : ""}
          </span>
        </>
      )}
    </span>
  );
}

/** An excerpt with what was found in it marked. */
function marked({ excerpt, spans }: rest.Hit) {
  const parts = [];
  let from = 0;
  for (const [start, end] of spans) {
    parts.push(excerpt.slice(from, start), <mark key={start}>{excerpt.slice(start, end)}</mark>);
    from = end;
  }
  return [...parts, excerpt.slice(from)];
}

function byFolder(rows: readonly rest.ListedItem[]): [string, rest.ListedItem[]][] {
  const folders = new Map<string, rest.ListedItem[]>();
  for (const row of rows) {
    const inside = folders.get(folderOf(row.path));
    if (inside === undefined) folders.set(folderOf(row.path), [row]);
    else inside.push(row);
  }
  return [...folders];
}
