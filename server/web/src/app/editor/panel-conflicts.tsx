/** Where two texts met: alerts of this draft, each with a choice, and each choice with an Undo. */

import { useEffect, useState } from "preact/hooks";
import { Problem } from "draftwire";
import type { Alert, AlertSide } from "draftwire";
import { api } from "../api.js";
import { nameOf, Person } from "../person.js";
import { closePanel, route, search } from "../route.js";
import { tell } from "./banners.js";
import { Choose } from "./choose.js";
import type { Desk } from "./desk.js";
import { written } from "./diff.js";
import { hunksOf } from "./settle.js";
import { ago, exactly } from "../words.js";
import { attempt, toast } from "./toasts.js";
import type { Choice, Hunk } from "./types.js";

export function ConflictsPanel({ desk }: { desk: Desk }) {
  const alerts = desk.alerts.value;
  const here = route.value;
  const asked = here.page === "item" ? here.query.get("alert") : null;
  const alert = alerts.find((one) => one.id === asked) ?? alerts[0];
  if (alert === undefined) {
    return (
      <>
        <p>Nothing waits for a choice here.</p>
        {asked !== null && <p class="quiet">This one is settled; both texts are in the draft, its history, or the stash of who wrote them.</p>}
        <button class="button" type="button" onClick={closePanel}>
          Go on
        </button>
        <SettledByThemselves desk={desk} />
      </>
    );
  }
  return (
    <>
      {alerts.length > 1 && (
        <div class="row">
          {alerts.map((one, i) => (
            <button key={one.id} class="button" type="button" aria-pressed={one.id === alert.id} onClick={() => search({ alert: one.id })}>
              {i + 1}
            </button>
          ))}
        </div>
      )}
      <OneAlert key={alert.id} desk={desk} alert={alert} />
      <SettledByThemselves desk={desk} />
    </>
  );
}

/** What closed without a choice: neighbours who typed at one place, or somebody who wrote on with both texts on screen. */
function SettledByThemselves({ desk }: { desk: Desk }) {
  const [closed, setClosed] = useState<readonly Alert[]>([]);
  const draft = desk.draft.value?.id ?? null;
  const open = desk.alerts.value.length;
  useEffect(() => {
    if (draft === null) return;
    void attempt(async () => {
      const page = await api.alerts.list({ draft, state: "closed", limit: 20 });
      setClosed(page.alerts.map(({ alert }) => alert).filter(({ kind }) => kind === "overlap"));
    });
  }, [draft, open]);
  if (closed.length === 0) return null;
  return (
    <details>
      <summary>Settled by themselves ({closed.length})</summary>
      {closed.map((alert) => (
        <section key={alert.id} class="alert-panel" aria-label={tell(desk, alert).title}>
          <p class="quiet small" title={exactly(alert.opened_at)}>
            {tell(desk, alert).title}, {tell(desk, alert).where}, {ago(alert.opened_at)}.
          </p>
          <div class="sides">
            {alert.sides.map((side) => (
              <Side key={side.sid + String(side.seq)} title={nameOf(side.actor)} side={side} />
            ))}
          </div>
        </section>
      ))}
    </details>
  );
}

function OneAlert({ desk, alert }: { desk: Desk; alert: Alert }) {
  const [hunks, setHunks] = useState<readonly Hunk[] | null>(null);
  const [kept, setKept] = useState<"mine" | "theirs" | null>(null);
  const mine = alert.sides.find((side) => side.sid === desk.sid) ?? alert.sides.find((side) => side.actor.user === desk.user);
  const theirs = alert.sides.find((side) => side !== mine);
  const { title, where } = tell(desk, alert);
  const resolve = async (keep: "mine" | "theirs" | null, choices?: Record<string, Choice>): Promise<void> => {
    const draft = desk.draft.value;
    if (draft === null) return;
    const before = await desk.settled();
    try {
      const made = await api.alerts.resolve(alert.id, { keep, ...(choices === undefined ? {} : { resolutions: choices }) });
      desk.dismissAlert(alert.id);
      toast({ text: "That is settled, for both.", ...(made.changed ? { undo: () => desk.takeBack(draft.id, before, made.etag) } : {}) });
      if (desk.alerts.value.length === 0) closePanel();
    } catch (error) {
      if (error instanceof Problem && (error.code === "alert_over" || error.code === "not_found")) {
        desk.dismissAlert(alert.id);
        toast({ text: "Somebody has settled that already." });
        return;
      }
      setHunks(hunksOf(error));
      setKept(keep);
    }
  };
  return (
    <div class="alert-panel">
      <p>
        <strong>{title}</strong>, {where}.
      </p>
      <p class="quiet small" title={exactly(alert.opened_at)}>
        {ago(alert.opened_at)}. Typing goes on meanwhile; nothing is lost whichever you choose.
      </p>
      {hunks === null ? (
        <>
          <div class="sides">
            {mine !== undefined && <Side title="Mine" side={mine} />}
            {alert.sides
              .filter((side) => side !== mine)
              .map((side) => (
                <Side key={side.sid} title={nameOf(side.actor)} side={side} />
              ))}
          </div>
          <div class="row">
            {mine !== undefined && desk.typable && (
              <button class="button" data-primary type="button" onClick={() => void attempt(() => resolve("mine"))}>
                Keep mine
              </button>
            )}
            {theirs !== undefined && mine !== undefined && desk.typable && (
              <button class="button" type="button" onClick={() => void attempt(() => resolve("theirs"))}>
                Take theirs
              </button>
            )}
            <button class="button" type="button" onClick={() => void attempt(() => resolve(null))}>
              It is fine as it stands
            </button>
          </div>
          <div class="row">
            <button class="text-button" type="button" onClick={() => search({ at: alert.address, line: alert.line_from == null ? null : String(alert.line_from) })}>
              Show the place
            </button>
            <button class="text-button" type="button" onClick={closePanel}>
              Later
            </button>
          </div>
        </>
      ) : (
        <Choose hunks={hunks} mine={kept === "theirs" ? "Theirs" : "Mine"} theirs="The draft as it is" label="Settle it" take={(choices) => void attempt(() => resolve(kept, choices))} />
      )}
    </div>
  );
}

function Side({ title, side }: { title: string; side: AlertSide }) {
  const took = side.took ?? null;
  return (
    <section class="side" aria-label={title}>
      <div class="side-head">
        <Person actor={side.actor} small /> <strong>{title}</strong>
        <span class="quiet small" title={exactly(side.at)}>
          {ago(side.at)}
        </span>
      </div>
      <pre tabIndex={0}>{side.text === "" || side.text === null ? "(took text out)" : written(side.text)}</pre>
      {took !== null && took !== "" && (
        <details>
          <summary>Before it</summary>
          <pre tabIndex={0}>{written(took)}</pre>
        </details>
      )}
    </section>
  );
}
