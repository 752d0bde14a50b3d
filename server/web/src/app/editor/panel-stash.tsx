/** What of one's text was ever replaced or refused, to be brought back. */

import { useEffect, useState } from "preact/hooks";
import { compare } from "draftwire";
import type { rest } from "draftwire";
import { api } from "../api.js";
import { Choose } from "./choose.js";
import type { Desk } from "./desk.js";
import { Diff } from "./diff.js";
import { hunksOf } from "./settle.js";
import { ago, exactly } from "../words.js";
import { attempt, toast } from "./toasts.js";
import type { Choice, Hunk } from "./types.js";

const REASONS: Record<string, string> = {
  refused: "Refused",
  stale: "A save that met other text",
  discarded: "Was on its way when the draft was discarded",
  rewound: "The server had lost it",
  conflict: "Met another’s text",
  item_deleted: "The item was deleted",
};


export function StashPanel({ desk }: { desk: Desk }) {
  const [entries, setEntries] = useState<readonly rest.StashLine[] | null>(null);
  const [open, setOpen] = useState<string | null>(null);
  const load = async (): Promise<void> => setEntries((await api.stash.list({ item: desk.item })).entries);
  useEffect(() => void attempt(load), [desk.item, desk.parked.value]);
  if (entries === null) return <p class="quiet">Loading…</p>;
  if (entries.length === 0) return <p class="quiet">Empty. Whatever of your text is ever replaced or refused is kept here.</p>;
  const dismiss = async (id: string): Promise<void> => {
    await api.stash.dismiss(id);
    await load();
  };
  return (
    <ol class="history">
      {entries.map((entry) => (
        <li key={entry.id}>
          <div class="history-head">
            <strong>{REASONS[entry.reason] ?? entry.reason.replaceAll("_", " ")}</strong>
            <span class="quiet small" title={exactly(entry.at)}>
              {ago(entry.at)}
            </span>
          </div>
          {entry.places.join("") !== "" && <p class="quiet small">{entry.places.join(", ")}</p>}
          <pre tabIndex={0}>{readable(entry.preview)}</pre>
          <div class="row">
            <button class="text-button" type="button" aria-expanded={open === entry.id} onClick={() => setOpen(open === entry.id ? null : entry.id)}>
              Bring back…
            </button>
            <button class="text-button" type="button" onClick={() => void attempt(() => dismiss(entry.id))}>
              Dismiss
            </button>
          </div>
          {open === entry.id && <BringBack desk={desk} entry={entry} done={() => void attempt(load).then(() => setOpen(null))} />}
        </li>
      ))}
    </ol>
  );
}

/** The beginning of a document as people read it: its texts with their lines, not as JSON writes them. */
function readable(preview: string): string {
  return preview.startsWith("{") ? preview.replaceAll("\\n", "\n").replaceAll('\\"', '"') : preview;
}

function BringBack({ desk, entry, done }: { desk: Desk; entry: rest.StashLine; done: () => void }) {
  const [sides, setSides] = useState<rest.StashSides | null>(null);
  const [hunks, setHunks] = useState<readonly Hunk[] | null>(null);
  const draft = desk.draft.value;
  useEffect(() => void attempt(async () => setSides(await api.stash.compare(entry.id))), [entry.id]);
  if (draft === null) return null;
  const restore = async (choices?: Record<string, Choice>): Promise<void> => {
    const before = await desk.settled();
    try {
      const made = await api.stash.restore(entry.id, choices === undefined ? {} : { resolutions: choices });
      toast({ text: "It is back in the draft.", ...(made.draft === draft.id && made.changed ? { undo: () => desk.takeBack(draft.id, before, made.etag) } : {}) });
      done();
    } catch (error) {
      setHunks(hunksOf(error));
    }
  };
  if (hunks !== null) return <Choose hunks={hunks} mine="The kept text" theirs="The draft" label="Bring back" take={(choices) => void attempt(() => restore(choices))} />;
  return (
    <>
      {sides === null ? <p class="quiet">Comparing…</p> : <Diff comparison={compare(sides.present, sides.stashed, draft.view.shape)} />}
      <button class="button" data-primary type="button" onClick={() => void attempt(() => restore())}>
        Bring it back
      </button>
    </>
  );
}
