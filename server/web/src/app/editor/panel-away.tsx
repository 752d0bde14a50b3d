/** What others changed since one last looked. */

import { useEffect, useState } from "preact/hooks";
import type { rest } from "draftwire";
import { api } from "../api.js";
import { nameOf, Person } from "../person.js";
import { closePanel, search } from "../route.js";
import { looked } from "./away.js";
import type { Desk } from "./desk.js";
import { Diff } from "./diff.js";
import { ago, counted } from "../words.js";
import { attempt } from "./toasts.js";

export function AwayPanel({ desk }: { desk: Desk }) {
  const [changes, setChanges] = useState<rest.DraftChanges | null>(null);
  const draft = desk.draft.value;
  useEffect(() => {
    if (draft !== null) void attempt(async () => setChanges(await api.history.changes(draft.id, { item: desk.item })));
  }, [draft]);
  if (draft === null || changes === null) return <p class="quiet">Loading…</p>;
  const open = (address: string, line: number | null): void => search({ at: address, line: line === null ? null : String(line) });
  if (changes.by.length === 0) return <p class="quiet">Nobody else has changed anything since you last looked.</p>;
  return (
    <>
      <ul class="history">
        {changes.by.map((one) => (
          <li key={`${one.actor.id} ${one.last_at}`} class="history-head">
            <Person actor={one.actor} small /> <strong>{nameOf(one.actor)}</strong>
            <span class="quiet small">
              {counted(one.places.length, "place")}, {ago(one.last_at)}
            </span>
          </li>
        ))}
      </ul>
      <button class="button" data-primary type="button" onClick={() => void attempt(() => looked(desk, changes.until).then(closePanel))}>
        Seen
      </button>
      <Diff comparison={changes.comparison} open={open} />
    </>
  );
}
