/** One run of an AI session: who, for whom, what, in which state, and what a person can do with it. */

import { useState } from "preact/hooks";
import type { PresenceEntry, rest } from "draftwire";
import { attempt, toast } from "./editor/toasts.js";
import { ago, counted, exactly } from "./words.js";
import { doingOf, nameOf, Person } from "./person.js";
import { stop } from "./run-acts.js";
import { control, over, tell } from "./runs.js";

const STATE: Record<rest.Run["state"], string> = {
  running: "works",
  paused: "is paused",
  stopped: "was stopped",
  ended: "is done",
  lost: "was not heard of lately",
};

export function RunLine({ run, here, level = 3 }: { run: rest.Run; here: readonly PresenceEntry[]; level?: 2 | 3 }) {
  const entry = here.find((one) => one.run === run.id);
  const Title = level === 2 ? "h2" : "h3";
  const unfinished = (run.streams ?? []).filter(({ state }) => !["open", "closed"].includes(state)).length;
  return (
    <div class="run">
      <div class="run-head">
        <Person actor={run.actor} {...(over(run) ? {} : { state: run.state === "running" ? "editing" : "idle" })} />
        <div class="run-words">
          <Title class="run-label">{run.label}</Title>
          <p class="quiet small">
            {nameOf(run.actor)}
            {run.model ? ` · ${run.model}` : ""}
          </p>
        </div>
        <span class="run-state" data-state={run.state}>
          {STATE[run.state]}
        </span>
      </div>
      <p class="quiet small">
        {entry !== undefined && doingOf(entry) !== "" && <strong>{doingOf(entry)}. </strong>}
        <span title={exactly(run.started_at)}>Begun {ago(run.started_at)}</span>
        {run.mode === "suggest" ? ", only suggests" : ""}
        {unfinished > 0 && `, ${counted(unfinished, "text")} left unfinished`}
      </p>
      {run.controls && !over(run) && <Controls run={run} />}
    </div>
  );
}

function Controls({ run }: { run: rest.Run }) {
  const [telling, setTelling] = useState(false);
  return (
    <>
      <div class="row">
        <button class="button" data-danger type="button" onClick={() => void attempt(() => stop(run))}>
          Stop
        </button>
        {run.state === "paused" ? (
          <button class="button" type="button" onClick={() => void attempt(() => control(run.id, "resume"))}>
            Go on
          </button>
        ) : (
          <button class="button" type="button" onClick={() => void attempt(() => control(run.id, "pause"))}>
            Pause
          </button>
        )}
        <button class="button" type="button" aria-expanded={telling} onClick={() => setTelling(!telling)}>
          Tell it…
        </button>
      </div>
      {telling && <Note run={run} done={() => setTelling(false)} />}
    </>
  );
}

function Note({ run, done }: { run: rest.Run; done: () => void }) {
  const [text, setText] = useState("");
  const send = async (): Promise<void> => {
    await tell(run.id, text.trim());
    toast({ text: `${nameOf(run.actor)} is told.` });
    done();
  };
  return (
    <form
      class="run-note"
      onSubmit={(event) => {
        event.preventDefault();
        if (text.trim() !== "") void attempt(send);
      }}
    >
      <textarea aria-label="What it should know" rows={2} maxLength={4000} placeholder="Use the other table" value={text} ref={(element) => element?.focus()} onInput={(event) => setText(event.currentTarget.value)} />
      <button class="button" data-primary type="submit" disabled={text.trim() === ""}>
        Send
      </button>
    </form>
  );
}
