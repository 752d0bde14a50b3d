/** What AI sessions suggest for this draft, place by place: taken, or not, while the draft goes on. */

import type { Json, rest } from "draftwire";
import { nameOf, Person } from "../person.js";
import { search } from "../route.js";
import { decideAndSay, openHunks } from "../suggestions.js";
import type { Desk } from "./desk.js";
import { toast } from "./toasts.js";
import { counted } from "../words.js";

const WHY = { there: "The draft reads so already.", together: "It makes sense only together with the others." };
const KIND: Record<rest.SuggestedHunk["kind"], string> = { text: "Text", set: "Set", remove: "Remove", insert: "Add", move: "Move" };

export function SuggestionsPanel({ desk }: { desk: Desk }) {
  const all = desk.suggestions.value?.all.value ?? [];
  if (all.length === 0) return <p class="quiet">Nothing is suggested for this draft. An AI session that may only suggest shows its changes here before they are anybody’s.</p>;
  return (
    <ol class="runs">
      {all.map((one) => (
        <li key={one.id}>
          <One desk={desk} one={one} />
        </li>
      ))}
    </ol>
  );
}

function One({ desk, one }: { desk: Desk; one: rest.Suggestion }) {
  const open = openHunks(one);
  const act = decider(desk, one);
  return (
    <>
      <div class="run-head">
        {one.actor != null && <Person actor={one.actor} />}
        <div class="run-words">
          <h3 class="run-label">{one.actor == null ? "An AI session" : nameOf(one.actor)}</h3>
          <p class="quiet small">
            suggests {counted(open.length, "change")}
            {" · "}
            <button class="text-button" type="button" onClick={() => search({ panel: "agents", run: one.run })}>
              its run
            </button>
          </p>
        </div>
      </div>
      {one.may_accept && open.length > 0 && (
        <div class="row">
          <button class="button" data-primary type="button" onClick={() => act("accept", { all: true })}>
            Accept all
          </button>
          <button class="button" type="button" onClick={() => act("reject", { all: true })}>
            Reject all
          </button>
        </div>
      )}
      {places(one).map(([at, hunks]) => (
        <section key={at} class="review-draft">
          <div class="review-head">
            <h3>
              <code>{at}</code>
            </h3>
            {one.may_accept && hunks.filter(({ state }) => state === "open").length > 1 && (
              <button class="text-button" type="button" onClick={() => act("accept", { at: [at] })}>
                Accept these
              </button>
            )}
          </div>
          <ol class="hunks">
            {hunks.map((hunk) => (
              <li key={hunk.id} class="hunk-box" data-state={hunk.state === "open" ? undefined : "undone"}>
                <OneHunk hunk={hunk} where={whereOf(desk, hunk)} may={one.may_accept} act={act} />
              </li>
            ))}
          </ol>
        </section>
      ))}
    </>
  );
}

/** What a click on a suggestion does, anywhere in the editor. */
export function decider(desk: Desk, one: rest.Suggestion): (what: "accept" | "reject", which: rest.Deciding) => void {
  return (what, which) => {
    const { value: all } = desk.suggestions;
    if (all !== null) void decideAndSay(all, one, what, which, (text) => toast({ text }));
  };
}

function places({ hunks = [] }: rest.Suggestion): [string, rest.SuggestedHunk[]][] {
  const found = new Map<string, rest.SuggestedHunk[]>();
  for (const hunk of hunks) found.set(hunk.at, [...(found.get(hunk.at) ?? []), hunk]);
  return [...found];
}

/** Of a text: the line, as the draft reads now. */
function whereOf(desk: Desk, { at, kind, start, applies }: rest.SuggestedHunk): string {
  const text = desk.doc?.get(at);
  return kind === "text" && applies && start != null && typeof text === "string" ? `line ${text.slice(0, start).split("\n").length}` : "";
}

function OneHunk({ hunk, where, may, act }: { hunk: rest.SuggestedHunk; where: string; may: boolean; act: ReturnType<typeof decider> }) {
  return (
    <>
      <div class="hunk-head">
        <span class="hunk-where">
          {KIND[hunk.kind]} <span class="quiet">{where}</span>
        </span>
        <span class="hunk-said quiet">{said(hunk)}</span>
      </div>
      <div class="hunk-sides">
        {written(hunk.old) !== "" && (
          <pre class="hunk-went">
            <del>{written(hunk.old)}</del>
          </pre>
        )}
        {written(hunk.new) !== "" && (
          <pre class="hunk-came">
            <ins>{written(hunk.new)}</ins>
          </pre>
        )}
      </div>
      {may && hunk.state === "open" && (
        <div class="row">
          {hunk.applies && (
            <button class="text-button" type="button" onClick={() => act("accept", { hunks: [hunk.id] })}>
              Accept
            </button>
          )}
          <button class="text-button" type="button" onClick={() => act("reject", { hunks: [hunk.id] })}>
            Reject
          </button>
        </div>
      )}
    </>
  );
}

function said(hunk: rest.SuggestedHunk): string {
  if (hunk.state !== "open") return `${hunk.state} by ${hunk.by == null ? "somebody" : nameOf(hunk.by)}`;
  if (hunk.applies) return "";
  if (hunk.why === "changed") {
    const names = (hunk.changed_by ?? []).map(nameOf).join(", ");
    return names === "" ? "The draft reads otherwise by now." : `${names} changed this place since.`;
  }
  return hunk.why == null ? "" : WHY[hunk.why];
}

function written(value: Json | undefined): string {
  if (value === undefined || value === null) return "";
  return typeof value === "string" ? value : JSON.stringify(value, null, 2);
}
