/** Where two sides met: an alert of this draft, and a newer version under it. Each has a choice, and each choice an Undo. */

import { useEffect, useState } from "preact/hooks";
import { Problem } from "draftwire";
import type { Alert, AlertSide, JsonObject } from "draftwire";
import { compare } from "draftwire";
import { api } from "../api.js";
import { nameOf, Person } from "../person.js";
import { at, route, search } from "../route.js";
import { tell } from "./banners.js";
import { Choose } from "./choose.js";
import type { Desk } from "./desk.js";
import { Diff, written } from "./diff.js";
import { closePanel } from "./panels.js";
import { ago, exactly } from "../words.js";
import { attempt, toast } from "./toasts.js";
import type { Choice, Hunk } from "./types.js";

/** The hunks of a refusal that asks for choices; anything else is thrown on. */
export function hunksOf(error: unknown): readonly Hunk[] {
  const more = error instanceof Problem && error.code === "merge_conflict" ? (error.detail as { hunks?: Hunk[] }) : null;
  if (more?.hunks === undefined) throw error;
  return more.hunks;
}

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

interface Preview {
  value: JsonObject;
  hunks: readonly Hunk[];
}

export function BehindPanel({ desk }: { desk: Desk }) {
  const behind = desk.behind.value;
  const draft = desk.draft.value;
  const [preview, setPreview] = useState<Preview | null>(null);
  const version = behind?.head.number ?? 0;
  useEffect(() => {
    setPreview(null);
    if (draft === null || version === 0) return;
    void attempt(async () => {
      await desk.settled();
      try {
        const made = await api.deploys.rebase(draft.id, { version, preview: true });
        setPreview({ value: made.value as JsonObject, hunks: made.hunks ?? [] });
      } catch (error) {
        const more = error instanceof Problem && error.code === "merge_conflict" ? (error.detail as { value: JsonObject }) : null;
        setPreview({ value: more?.value ?? {}, hunks: hunksOf(error) });
      }
    });
  }, [draft, version]);
  if (behind === null || draft === null) {
    return (
      <>
        <p>This draft stands on what is live.</p>
        <button class="button" type="button" onClick={closePanel}>
          Go on
        </button>
      </>
    );
  }
  const rebase = (choices?: Record<string, Choice>): void =>
    void attempt(async () => {
      await desk.replace((id) => api.deploys.rebase(id, { version, ...(choices === undefined ? {} : { resolutions: choices }) }), `The draft stands on version ${version}.`);
      closePanel();
    });
  return (
    <>
      <div class="history-head">
        {behind.head.by !== null && <Person actor={behind.head.by} small />}
        <strong>Version {version}</strong>
        <span class="quiet small" title={exactly(behind.head.at)}>
          {behind.head.by === null ? "" : `${nameOf(behind.head.by)}, `}
          {ago(behind.head.at)}
        </span>
      </div>
      {(behind.head.message ?? "") !== "" && <p class="history-message">{behind.head.message}</p>}
      <p>
        <a href={`${at(desk.item, "diff")}?from=version:${behind.base_version}&to=version:${version}`}>What it changed</a> since version {behind.base_version}, on which this draft stands.
      </p>
      <h3>Bring it into this draft</h3>
      {preview === null ? (
        <p class="quiet">Looking what that would give…</p>
      ) : preview.hunks.length > 0 ? (
        <Choose hunks={preview.hunks} mine="Mine" theirs={`Version ${version}`} label="Bring it in" take={rebase} />
      ) : (
        <>
          <p class="quiet">Nothing overlaps. The draft would change so:</p>
          <Diff comparison={compare(draft.view.value, preview.value, draft.view.shape)} />
          <button class="button" data-primary type="button" onClick={() => rebase()}>
            Bring it in
          </button>
        </>
      )}
      <h3>Or</h3>
      <div class="row">
        <button
          class="button"
          type="button"
          onClick={() =>
            void attempt(async () => {
              await api.deploys.keep(draft.id, { version });
              toast({ text: `The draft stays as it is, and may be deployed over version ${version}.` });
              closePanel();
            })
          }
        >
          Keep the draft as it is
        </button>
        <button
          class="button"
          type="button"
          onClick={() =>
            void attempt(async () => {
              await desk.replace((id) => api.deploys.revert(id, { version }), `The draft reads as version ${version}.`);
              closePanel();
            })
          }
        >
          Revert to version {version}
        </button>
      </div>
    </>
  );
}
