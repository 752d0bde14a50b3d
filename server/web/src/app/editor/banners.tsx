/**
 * What somebody must know of while they type: quiet lines above the text that never take the focus, each with its ways
 * out. The most pressing one first. The code under them keeps its text in place as they come and go.
 */

import { useState } from "preact/hooks";
import type { Alert, AskInfo } from "draftwire";
import { forgetGiven, given, whereSaid } from "../given.js";
import { api } from "../api.js";
import { nameOf } from "../person.js";
import { at, go, route, search } from "../route.js";
import { openHunks } from "../suggestions.js";
import { useAway } from "./away.js";
import { isMine } from "./badge.js";
import type { Desk } from "./desk.js";
import { askToType } from "./people.js";
import { ago, counted } from "../words.js";
import { attempt } from "./toasts.js";

const WHAT: Record<Alert["reason"], (who: string) => string> = {
  clash: (who) => `You and ${who} wrote in one place, unseen by each other`,
  stale: (who) => `${who} had changed this before your edit came in`,
  structural: (who) => `You and ${who} changed the same part in two ways`,
  lost: (who) => `${who} removed what you were writing in`,
  save: (who) => `A save of ${who} met your changes`,
};

/** Whose text stands against mine, and a sentence for both. */
export function tell(desk: Desk, alert: Alert): { title: string; where: string } {
  const mine = alert.sides.find((side) => side.sid === desk.sid) ?? alert.sides.find((side) => side.actor.user === desk.user);
  const other = alert.sides.find((side) => side !== mine);
  const who = other === undefined ? "somebody" : other.actor.user === desk.user ? "another tab of yours" : nameOf(other.actor);
  const from = alert.line_from ?? null;
  const to = alert.line_to ?? from;
  const where = from === null ? `in ${alert.address.replace(/^\//, "")}` : from === to ? `line ${from}` : `lines ${from}–${to ?? from}`;
  const saved = alert.reason === "save" && mine === alert.sides[0]; // the first side is who saved
  if (alert.reason === "lost" && mine !== undefined && mine !== alert.sides[0]) return { title: `What you chose replaced text of ${who}, who has it in the stash`, where };
  const title = mine === undefined ? `${alert.sides.map((side) => nameOf(side.actor)).join(" and ")} wrote in one place` : saved ? `Your save met changes of ${who}` : WHAT[alert.reason](who);
  return { title, where };
}

export function Banners({ desk }: { desk: Desk }) {
  const [later, setLater] = useState<readonly string[]>([]);
  const postpone = (...ids: string[]): void => setLater([...later, ...ids]);
  return (
    <div class="banners" role="region" aria-label="Notices">
      <div aria-live="polite">
        <NotSaved desk={desk} />
        <CameBack desk={desk} />
        <Conflict desk={desk} later={later} postpone={postpone} />
        <NewerVersion desk={desk} later={later} postpone={postpone} />
        {desk.asks.value.map((one) => (
          <Asked key={one.id} desk={desk} one={one} />
        ))}
        <WhileAway desk={desk} />
        <OnlyLooking desk={desk} />
        <LocalOnly desk={desk} />
        <Suggested desk={desk} later={later} postpone={postpone} />
        <Past desk={desk} />
      </div>
    </div>
  );
}

interface Postponable {
  desk: Desk;
  /** Ids of what is not to be shown now. */
  later: readonly string[];
  postpone: (...ids: string[]) => void;
}

/** What went wrong with one's own text: it is in the stash. */
function NotSaved({ desk }: { desk: Desk }) {
  const draft = desk.draft.value;
  return (
    <>
      {desk.deleted.value !== null && <Banner tone="bad" title={`${desk.deleted.value} deleted this item.`} text="Your text is in your stash, for ever." acts={[["Open the stash", () => search({ panel: "stash" })]]} />}
      {desk.lost.value && (
        <Banner
          tone="bad"
          title="What was saved here is missing: the server went back to an older copy."
          text="A copy is kept in your stash."
          acts={[
            ["Bring it back", () => void attempt(async () => draft !== null && desk.client.bringBack(draft.id))],
            ["Leave it", () => desk.dismissParked()],
          ]}
        />
      )}
      {!desk.lost.value && desk.parked.value.length > 0 && (
        <Banner
          tone="warn"
          title="Some of your text could not go in."
          text="It is kept in your stash."
          acts={[
            ["Open the stash", () => search({ panel: "stash" }, "push")],
            ["Go on", () => desk.dismissParked()],
          ]}
        />
      )}
    </>
  );
}

/** What an earlier load of the page left unsent. */
function CameBack({ desk }: { desk: Desk }) {
  const outcomes = [...new Set(given.value.filter(({ item }) => item === desk.item).map(({ outcome }) => outcome))];
  const putAway = (outcome: string): void => forgetGiven(given.value.filter((one) => one.item === desk.item && one.outcome === outcome));
  return (
    <>
      {outcomes.map((outcome) => (
        <Banner
          key={outcome}
          tone={outcome === "saved" ? "calm" : "warn"}
          title="What you typed before this page was closed was not lost."
          text={whereSaid(outcome)}
          acts={[
            ["Show", () => search({ panel: "given" }, "push")],
            ...(outcome === "kept" ? [] : ([["Fine", () => putAway(outcome)]] as Act[])),
          ]}
        />
      ))}
    </>
  );
}

function Conflict({ desk, later, postpone }: Postponable) {
  const alerts = desk.alerts.value.filter((alert) => !later.includes(alert.id));
  const [first] = alerts;
  if (first === undefined) return null;
  const { title, where } = tell(desk, first);
  return (
    <Banner
      tone="warn"
      title={`${title}, ${where}.`}
      text={alerts.length > 1 ? `And ${counted(alerts.length - 1, "other")}. Both texts are kept.` : "Both texts are kept."}
      acts={[
        ["Look", () => search({ panel: "conflicts", alert: first.id }, "push")],
        ["Later", () => postpone(first.id)],
      ]}
    />
  );
}

function NewerVersion({ desk, later, postpone }: Postponable) {
  const behind = desk.behind.value;
  const draft = desk.draft.value;
  if (behind === null || draft === null || behind.kept || desk.view.value.kind !== "draft") return null;
  const { head, base_version: base, overlaps } = behind;
  const id = `behind-${head.number}`;
  if (later.includes(id)) return null;
  return (
    <Banner
      tone="warn"
      title={`${head.by?.name ?? "Somebody"} deployed version ${head.number}, ${ago(head.at)}.`}
      text={`${overlapsSaid(overlaps ?? [])} ${draft.purpose === "shared" ? "This draft" : "Your draft"} stands on version ${base}.`}
      acts={[
        ["Choose", () => search({ panel: "behind" }, "push")],
        ["What is new", () => go(`${at(desk.item, "diff")}?from=version:${base}&to=version:${head.number}`)],
        ["Later", () => postpone(id)],
      ]}
    />
  );
}

function WhileAway({ desk }: { desk: Desk }) {
  const { changes, seen } = useAway(desk);
  if (changes === null) return null;
  const when = changes.looked_at == null ? "" : `, ${ago(changes.looked_at)}`;
  return (
    <Banner
      tone="calm"
      title={`Since you last looked${when}: ${changes.by.map((one) => `${nameOf(one.actor)} changed ${counted(one.places.length, "place")}`).join("; ")}.`}
      text=""
      acts={[
        ["Show", () => search({ panel: "away" }, "push")],
        ["Seen", () => void seen()],
      ]}
    />
  );
}

function OnlyLooking({ desk }: { desk: Desk }) {
  void [desk.status.value, desk.look.value]; // why one may not type is told with them
  const draft = desk.draft.value;
  if (desk.view.value.kind !== "draft" || draft === null || desk.may.value !== "look" || desk.local.value !== null) return null;
  const theirs = draft.purpose === "own" && !isMine(desk);
  const archived = draft.why === "archived";
  return (
    <Banner
      tone="calm"
      title="You can look."
      text={archived ? "The item is archived: nobody types in it." : theirs ? `This is ${draft.owner?.name ?? "somebody"}’s draft.` : "You may read this item, and not write it."}
      acts={theirs && !archived ? [["Ask to type", () => void askToType(desk)]] : []}
    />
  );
}

function LocalOnly({ desk }: { desk: Desk }) {
  void [desk.touched.value, desk.structure.value];
  const local = desk.local.value;
  if (local === null || desk.view.value.kind !== "draft") return null;
  return (
    <Banner
      tone="local"
      title="Autosave is off: your edits stay in this browser."
      text={desk.draft.value !== null && desk.etag !== local.etag ? "The draft has moved on meanwhile." : ""}
      acts={[["Save or drop them", () => search({ panel: "local" }, "push")]]}
    />
  );
}

function Suggested({ desk, later, postpone }: Postponable) {
  const panel = route.value.page === "item" ? route.value.query.get("panel") : null;
  const all = (desk.suggestions.value?.all.value ?? []).filter((one) => openHunks(one).length > 0 && !later.includes(one.id));
  if (panel === "suggestions" || desk.view.value.kind !== "draft" || all.length === 0) return null;
  const names = [...new Set(all.map(({ actor }) => (actor == null ? "An AI session" : nameOf(actor))))].join(" and ");
  return (
    <Banner
      tone="calm"
      title={`${names} ${all.length === 1 ? "suggests" : "suggest"} ${counted(all.reduce((sum, one) => sum + openHunks(one).length, 0), "change")}.`}
      text="Shown in place, and nobody’s until accepted."
      acts={[
        ["Show", () => search({ panel: "suggestions" }, "push")],
        ["Later", () => postpone(...all.map(({ id }) => id))],
      ]}
    />
  );
}

function Past({ desk }: { desk: Desk }) {
  const view = desk.view.value;
  if (view.kind !== "state") return null;
  const again = async (): Promise<void> => {
    await desk.replace((id) => api.deploys.revert(id, { etag: view.etag }), "The draft reads as it did then.");
    search({ state: null });
  };
  return (
    <Banner
      tone="calm"
      title={`This is how the draft read ${view.label}.`}
      text="Nothing can be typed in the past."
      acts={[
        ["Back to now", () => search({ state: null })],
        ...(desk.may.value === "type" ? ([["Make the draft read so again", () => void attempt(again)]] as Act[]) : []),
      ]}
    />
  );
}

type Act = [label: string, act: () => void];

function Banner({ tone, title, text, acts }: { tone: string; title: string; text: string; acts: readonly Act[] }) {
  return (
    <div class="banner" data-tone={tone}>
      <p>
        <strong>{title}</strong> {text}
      </p>
      <div class="banner-acts">
        {acts.map(([label, act]) => (
          <button key={label} class="button" type="button" onClick={act}>
            {label}
          </button>
        ))}
      </div>
    </div>
  );
}

function Asked({ desk, one }: { desk: Desk; one: AskInfo }) {
  const answer = (how: "grant" | "decline") => (): void => {
    desk.asks.value = desk.asks.value.filter((other) => other.id !== one.id);
    void attempt(() => api.sharing[how](one.id));
  };
  return (
    <Banner
      tone="calm"
      title={`${nameOf(one.by)} asks to ${one.may} in your draft.`}
      text={one.note ?? ""}
      acts={[
        ["Allow", answer("grant")],
        ["Not now", answer("decline")],
      ]}
    />
  );
}

function overlapsSaid(overlaps: readonly { address: string }[]): string {
  return overlaps.length === 0 ? "Nothing of it overlaps with this draft." : `It changed ${counted(overlaps.length, "place")} that this draft changed too.`;
}
