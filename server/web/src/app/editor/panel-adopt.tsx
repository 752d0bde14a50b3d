/** Another's draft, taken into one's own. */

import { useState } from "preact/hooks";
import { Problem } from "draftwire";
import type { Json } from "draftwire";
import { api } from "../api.js";
import { at, go } from "../route.js";
import { Choose } from "./choose.js";
import type { Desk } from "./desk.js";
import { written } from "./diff.js";
import { hunksOf } from "./settle.js";
import { attempt, toast } from "./toasts.js";
import type { Choice, Hunk } from "./types.js";

export function AdoptPanel({ desk }: { desk: Desk }) {
  const [asks, setAsks] = useState<{ lost: readonly { at: string; mine: Json }[] } | null>(null);
  const [hunks, setHunks] = useState<readonly Hunk[] | null>(null);
  const draft = desk.draft.value;
  if (draft === null) return null;
  const adopt = async (how: "merge" | "replace" | null, choices?: Record<string, Choice>): Promise<void> => {
    const etag = await desk.settled();
    const { mine } = await api.items.get(desk.item, { include: ["mine"] });
    try {
      const made = await api.adoption.adopt(desk.item, { from: draft.id, etag, how, ...(choices === undefined ? {} : { resolutions: choices }) });
      const undo = mine == null || mine.stands === false || !made.changed ? {} : { undo: () => desk.takeBack(made.draft, mine.etag, made.etag) };
      toast({ text: "It is in your draft now. What it replaced is in your stash.", ...undo });
      go(at(desk.item, "drafts", made.draft));
    } catch (error) {
      if (error instanceof Problem && error.code === "draft_exists") setAsks({ lost: (error.detail as { lost?: { at: string; mine: Json }[] }).lost ?? [] });
      else setHunks(hunksOf(error));
    }
  };
  if (hunks !== null) return <Choose hunks={hunks} mine="Mine" theirs={draft.owner?.name ?? "Theirs"} label="Adopt" take={(choices) => void attempt(() => adopt("merge", choices))} />;
  return (
    <>
      <p>{draft.owner?.name ?? "The owner"}’s text comes into a draft of your own. Theirs stays as it is.</p>
      {asks === null ? (
        <button class="button" data-primary type="button" onClick={() => void attempt(() => adopt(null))}>
          Adopt
        </button>
      ) : (
        <>
          <p>
            <strong>You have changes of your own here.</strong>
          </p>
          <div class="row">
            <button class="button" data-primary type="button" onClick={() => void attempt(() => adopt("merge"))}>
              Merge both
            </button>
            <button class="button" type="button" onClick={() => void attempt(() => adopt("replace"))}>
              Replace mine
            </button>
          </div>
          {asks.lost.length > 0 && <h3>Replacing takes away, into your stash</h3>}
          {asks.lost.map((one) => (
            <section key={one.at} class="side">
              <div class="side-head">{one.at}</div>
              <pre>{written(one.mine)}</pre>
            </section>
          ))}
        </>
      )}
    </>
  );
}
