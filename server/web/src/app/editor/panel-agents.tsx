/** The AI sessions of an item: those at work and those that have been, with what each one changed. */

import { useEffect, useState } from "preact/hooks";
import type { rest } from "draftwire";
import { route, search, to } from "../route.js";
import { RunLine } from "../run-line.js";
import { RunReview } from "../run-review.js";
import { over, runsChanged, runsOf } from "../runs.js";
import type { Desk } from "./desk.js";
import { attempt } from "./toasts.js";

const AGAIN_MS = 3000; // while one is at work; what it does is seen in the text at once anyway
const SOON_MS = 500; // while one is here that is not listed: it has read, and may write its first words any time

export function AgentsPanel({ desk }: { desk: Desk }) {
  const [runs, setRuns] = useState<readonly rest.Run[] | null>(null);
  const changed = runsChanged.value;
  const here = desk.here.value;
  const present = here
    .flatMap(({ run }) => (run == null ? [] : [run]))
    .sort()
    .join(" ");
  useEffect(() => {
    let timer: number | undefined;
    let stopped = false;
    const look = async (): Promise<void> => {
      const found = await runsOf(desk.item);
      if (stopped) return;
      setRuns(found);
      const listed = new Set(found.map(({ id }) => id));
      const unlisted = present !== "" && present.split(" ").some((run) => !listed.has(run));
      if (unlisted || found.some((run) => !over(run))) timer = window.setTimeout(() => void attempt(look), unlisted ? SOON_MS : AGAIN_MS);
    };
    void attempt(look);
    return () => {
      stopped = true;
      window.clearTimeout(timer);
    };
  }, [desk, changed, present]);
  if (runs === null) return <p class="quiet">Looking…</p>;
  if (runs.length === 0) {
    return (
      <p class="quiet">
        No AI session has written here. One that works on this item is listed with what it does, and can be told, paused, stopped and undone.
      </p>
    );
  }
  const asked = route.value.page === "item" ? route.value.query.get("run") : null;
  return (
    <ol class="runs">
      {runs.map((run) => (
        <li key={run.id}>
          <RunLine run={run} here={here} />
          <div class="row">
            <button class="text-button" type="button" aria-expanded={asked === run.id} onClick={() => search({ run: asked === run.id ? null : run.id })}>
              {asked === run.id ? "Hide its changes" : "Its changes"}
            </button>
            {(run.drafts ?? []).length > 1 && <a href={to(`/runs/${run.id}`)}>In all items</a>}
          </div>
          {asked === run.id && <RunReview run={run} item={desk.item} />}
        </li>
      ))}
    </ol>
  );
}
