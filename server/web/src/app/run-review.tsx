/** What a run changed, item by item and hunk by hunk, to keep or to take back; nobody else's text goes with it. */

import { useEffect, useState } from "preact/hooks";
import type { Json, rest } from "draftwire";
import { counted } from "./words.js";
import { attempt } from "./editor/toasts.js";
import { nameOf } from "./person.js";
import { at as addressOf } from "./route.js";
import { decideOnRun } from "./run-acts.js";
import { changesOf, runsChanged } from "./runs.js";

const KIND: Record<rest.RunHunk["kind"], string> = { text: "Text", set: "Set", remove: "Removed", insert: "Added", move: "Moved" };
const MOST = 1200; // characters of a value that are shown

export function RunReview({ run, item }: { run: rest.Run; item?: string }) {
  const [drafts, setDrafts] = useState<readonly rest.RunDraftChanges[] | null>(null);
  const changed = runsChanged.value;
  useEffect(() => void attempt(async () => setDrafts(await changesOf(run.id))), [run.id, run.state, changed]);
  if (drafts === null) return <p class="quiet small">Looking…</p>;
  const shown = drafts.filter((one) => item === undefined || one.item === item);
  if (shown.every(({ hunks = [], state }) => hunks.length === 0 && state === "open")) return <p class="quiet small">It has changed nothing {item === undefined ? "" : "here "}yet.</p>;
  return (
    <div class="review">
      {shown.map((one) => (
        <OfDraft key={one.draft} run={run} changes={one} linked={item === undefined} />
      ))}
    </div>
  );
}

function OfDraft({ run, changes, linked }: { run: rest.Run; changes: rest.RunDraftChanges; linked: boolean }) {
  const hunks = (changes.hunks ?? []).filter(({ inside }) => inside == null);
  const open = hunks.filter(({ state }) => state === "standing" || state === "changed");
  const undone = hunks.filter(({ state }) => state === "undone");
  const all = (): { items: string[] } => ({ items: [changes.item] });
  return (
    <section class="review-draft">
      <div class="review-head">
        <h3>{linked ? <a href={`${addressOf(changes.item, "drafts", changes.draft)}?panel=agents&run=${run.id}`}>{changes.path ?? "An item without a path"}</a> : counted(hunks.length, "change")}</h3>
        {changes.may_undo && open.length > 0 && (
          <button class="button" type="button" onClick={() => void attempt(() => decideOnRun(run.id, "undo", all()))}>
            Undo all
          </button>
        )}
        {changes.may_undo && open.length > 0 && (
          <button class="button" type="button" onClick={() => void attempt(() => decideOnRun(run.id, "keep", all()))}>
            Keep all
          </button>
        )}
        {changes.may_undo && open.length === 0 && undone.length > 0 && (
          <button class="button" type="button" onClick={() => void attempt(() => decideOnRun(run.id, "redo", all()))}>
            Redo all
          </button>
        )}
      </div>
      {changes.state === "too_old" && <p class="quiet small">What it did is older than what is kept; the history still has the versions.</p>}
      {changes.state === "discarded" && <p class="quiet small">The draft was discarded since.</p>}
      <ol class="hunks">
        {hunks.map((hunk) => (
          <li key={hunk.id} class="hunk-box" data-state={hunk.state}>
            <OfHunk run={run} hunk={hunk} may={changes.may_undo} />
          </li>
        ))}
      </ol>
    </section>
  );
}

function OfHunk({ run, hunk, may }: { run: rest.Run; hunk: rest.RunHunk; may: boolean }) {
  const only = { hunks: [hunk.id] };
  const waits = (hunk.parts ?? []).some((part) => part.waits);
  return (
    <>
      <div class="hunk-head">
        <span class="hunk-where">
          {KIND[hunk.kind]} <code>{hunk.at}</code>
          {hunk.lines != null && <span class="quiet"> {hunk.lines[0] === hunk.lines[1] ? `line ${hunk.lines[0]}` : `lines ${hunk.lines[0]}–${hunk.lines[1]}`}</span>}
        </span>
        <span class="hunk-said quiet">{said(hunk)}</span>
      </div>
      <Sides hunk={hunk} />
      {may && (
        <div class="row">
          {(hunk.state === "standing" || hunk.state === "changed") && (
            <>
              <button class="text-button" type="button" onClick={() => void attempt(() => decideOnRun(run.id, "undo", only))}>
                Undo
              </button>
              <button class="text-button" type="button" onClick={() => void attempt(() => decideOnRun(run.id, "keep", only))}>
                Keep
              </button>
            </>
          )}
          {hunk.state === "undone" && (
            <button class="text-button" type="button" onClick={() => void attempt(() => decideOnRun(run.id, "redo", only))}>
              Redo
            </button>
          )}
          {waits && (
            <button class="text-button" type="button" onClick={() => void attempt(() => decideOnRun(run.id, "restore", only))}>
              Bring back what it took
            </button>
          )}
        </div>
      )}
    </>
  );
}

function said({ state, by = [] }: rest.RunHunk): string {
  const names = by.map(nameOf).join(", ");
  switch (state) {
    case "standing":
      return "as it wrote it";
    case "changed":
      return names === "" ? "changed since" : `changed since by ${names}`;
    case "undone":
      return "undone";
    case "kept":
      return "kept";
    case "gone":
      return names === "" ? "its place is gone" : `its place is gone, by ${names}`;
  }
}

/** What went and what came, told apart by sign and word, not by colour alone. */
function Sides({ hunk }: { hunk: rest.RunHunk }) {
  const parts = hunk.parts ?? [];
  const lines = hunk.state === "standing" && hunk.before != null && hunk.after != null && hunk.before !== hunk.after;
  const pieces = parts.length > 0 ? parts.map(({ added, removed }) => ({ added, removed })) : [{ added: written(hunk.added), removed: written(hunk.removed) }];
  const sides = lines ? [{ added: hunk.after ?? "", removed: hunk.before ?? "" }] : pieces;
  return (
    <>
      {sides.map(({ added, removed }, i) => (
        <div key={i} class="hunk-sides">
          {removed !== "" && (
            <pre class="hunk-went">
              <del>{short(removed)}</del>
            </pre>
          )}
          {added !== "" && (
            <pre class="hunk-came">
              <ins>{short(added)}</ins>
            </pre>
          )}
        </div>
      ))}
    </>
  );
}

function written(value: Json | undefined): string {
  if (value === undefined || value === null) return "";
  return typeof value === "string" ? value : JSON.stringify(value, null, 2);
}

function short(text: string): string {
  return text.length > MOST ? `${text.slice(0, MOST)}…` : text;
}
