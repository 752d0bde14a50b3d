/** Alert cards over an editor: who, where, what, both texts; and texts of mine that are in the stash. */

import type { Alert, AlertSide, Json, ParkedText } from "draftwire";
import { make } from "./dom.js";
import { nameOf } from "./people.js";

const REASONS: Record<Alert["reason"], (who: string) => string> = {
  clash: (who) => `You and ${who} wrote in one place, unseen by each other`,
  stale: (who) => `${who} had changed this before your edit came in`,
  structural: (who) => `You and ${who} changed the same part in two ways`,
  lost: (who) => `${who} removed what you were writing in`,
  save: (who) => `Your save met changes of ${who}`,
};

/** Say whether an alert concerns this session. */
export function concerns(alert: Alert, sid: string): boolean {
  return alert.sides.some((side) => side.sid === sid);
}

function shown(value: Json | undefined): string {
  if (value === undefined || value === null) return "";
  return typeof value === "string" ? value : JSON.stringify(value, null, 1);
}

function sideText(title: string, side: AlertSide): HTMLElement {
  const text = shown(side.text);
  const took = shown(side.took);
  const body = text !== "" ? text : took !== "" ? `(took out) ${took}` : "(nothing left)";
  return make("div", {}, make("dt", {}, title), make("dd", {}, make("pre", { tabindex: "0" }, body)));
}

interface Action {
  label: string;
  /** Do it; `false` leaves the card. */
  act: () => boolean;
}

function frame(title: string, detail: string, dismissed: () => void, body: HTMLElement | null, action?: Action): HTMLElement {
  const close = make("button", { class: "button", type: "button" }, "Dismiss");
  const act = action === undefined ? null : make("button", { class: "button", type: "button" }, action.label);
  act?.addEventListener("click", () => {
    if (action?.act()) card.remove();
  });
  const card = make(
    "section",
    { class: "alert", "aria-label": title },
    make("div", { class: "alert-head" }, make("div", {}, make("h3", {}, title), make("p", { class: "quiet small" }, detail)), make("div", { class: "alert-actions" }, act, close)),
    body,
  );
  close.addEventListener("click", () => {
    card.remove();
    dismissed();
  });
  return card;
}

/** The card of an alert that concerns session `sid`. */
export function alertCard(alert: Alert, sid: string, dismissed: () => void): HTMLElement {
  const mine = alert.sides.find((side) => side.sid === sid);
  const theirs = alert.sides.find((side) => side !== mine);
  const who = theirs === undefined ? "somebody" : nameOf(theirs.actor);
  const from = alert.line_from ?? null;
  const to = alert.line_to ?? from;
  const where = from === null ? alert.address : from === to ? `Line ${from}` : `Lines ${from}–${to ?? from}`;
  const sides = make("dl", { class: "sides" });
  if (mine !== undefined) sides.append(sideText("Yours", mine));
  if (theirs !== undefined) sides.append(sideText(who, theirs));
  return frame(REASONS[alert.reason](who), `${where}. Both texts are in the draft or in your stash.`, dismissed, sides);
}

/** The card of texts that could not go on and were put into the stash. */
export function parkedCard(texts: readonly ParkedText[], why: string, dismissed: () => void): HTMLElement {
  return frame("Some of your text could not go in", `${why} It is kept in your stash.`, dismissed, textList(texts));
}

/** The card of what the server has lost, though it had been saved, with a way to have it again. */
export function rewoundCard(texts: readonly ParkedText[], bringBack: () => boolean, dismissed: () => void): HTMLElement {
  const detail = "The server went back to an older copy, without this. It is kept in your stash.";
  const action = { label: "Bring it back", act: bringBack };
  return frame("What was saved here is missing", detail, dismissed, textList(texts), action);
}

/** The card of an edit that was not done. */
export function noticeCard(title: string, detail: string, dismissed: () => void): HTMLElement {
  return frame(title, detail, dismissed, null);
}

function textList(texts: readonly ParkedText[]): HTMLElement {
  const list = make("dl", { class: "sides" });
  for (const { at, mine, base } of texts) {
    list.append(make("div", {}, make("dt", {}, `Yours, ${at}`), make("dd", {}, make("pre", { tabindex: "0" }, shown(mine)))));
    if (base !== undefined) {
      list.append(make("div", {}, make("dt", {}, "In the draft"), make("dd", {}, make("pre", { tabindex: "0" }, shown(base)))));
    }
  }
  return list;
}
