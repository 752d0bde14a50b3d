/** `/runs/<run>`: everything that one run of an AI session did, in whichever items. */

import { useEffect, useState } from "preact/hooks";
import { api } from "./api.js";
import { nameOf } from "./person.js";
import { RunLine } from "./run-line.js";
import { RunReview } from "./run-review.js";
import { over, runsChanged } from "./runs.js";
import { ago } from "./words.js";
import { attempt, Toasts } from "./editor/toasts.js";
import type { rest, RunEvent } from "draftwire";

const AGAIN_MS = 2000;

const WORDS: Record<string, string> = {
  note: "said",
  paused: "paused it",
  resumed: "let it go on",
  stopped: "stopped it",
  ended: "ended it",
  lost: "It was not heard of for a while",
  accepted: "accepted suggestions",
  rejected: "rejected suggestions",
  undone: "undid changes",
  redone: "did changes again",
  stream_ended: "A text was left unfinished",
};

export default function RunPage({ run: id }: { run: string }) {
  const [run, setRun] = useState<rest.Run | null>(null);
  const [gone, setGone] = useState(false);
  const [events, setEvents] = useState<readonly RunEvent[]>([]);
  const changed = runsChanged.value;
  useEffect(() => {
    let stopped = false;
    let timer: number | undefined;
    const look = async (): Promise<void> => {
      try {
        const found = await api.runs.get(id);
        if (stopped) return;
        setRun(found);
        document.title = `${found.label} · Draftwire`;
        if (found.events > 0) setEvents((await api.runs.events(id)).events);
        if (!over(found) && !stopped) timer = window.setTimeout(() => void look(), AGAIN_MS);
      } catch {
        if (!stopped) setGone(true);
      }
    };
    void attempt(look);
    return () => {
      stopped = true;
      window.clearTimeout(timer);
    };
  }, [id, changed]);
  if (gone) {
    return (
      <div class="empty">
        <h1>There is nothing here</h1>
        <p>Or it is nothing that you may see.</p>
      </div>
    );
  }
  return (
    <div class="run-page">
      <Toasts />
      <h1 class="sr-only">A run of an AI session</h1>
      {run === null ? <p class="quiet">Looking…</p> : <RunLine run={run} here={[]} level={2} />}
      {run !== null && (run.drafts ?? []).length === 0 && <p class="quiet">It has written nowhere yet.</p>}
      {run !== null && (run.drafts ?? []).length > 0 && <RunReview run={run} />}
      {events.length > 0 && (
        <section aria-label="What happened">
          <h3>What happened</h3>
          <ol class="run-events">
            {events.map((event) => (
              <li key={event.n}>
                {event.by == null ? "" : `${nameOf(event.by)} `}
                {WORDS[event.type] ?? event.type}
                {event.text ? (
                  <>
                    : <q>{event.text}</q>
                  </>
                ) : (
                  ""
                )}{" "}
                <span class="quiet small">{ago(event.at)}</span>
              </li>
            ))}
          </ol>
        </section>
      )}
    </div>
  );
}
