/**
 * What an earlier load of a page left unsent and the client has given back: said once, wherever one is, with the way to
 * where it went. Nothing is said of what is gone already by another tab.
 */

import { signal } from "@preact/signals";
import type { ClientEvent } from "draftwire";
import { route, to } from "./route.js";

export type GivenBack = ClientEvent & { type: "givenBack" };

export const given = signal<readonly GivenBack[]>([]);

export function tellGiven(event: GivenBack): void {
  given.value = [...given.value, event];
}

export function forgetGiven(those: readonly GivenBack[]): void {
  given.value = given.value.filter((one) => !those.includes(one));
}

/** In a sentence, where the text is now. */
export function whereSaid(outcome: GivenBack["outcome"]): string {
  if (outcome === "saved") return "It is in the draft again.";
  return outcome === "stashed" ? "It could not go into the draft as that is now: it is in your stash." : "You may not type there any more: it is kept in this browser, to be copied.";
}

/** Outside the item's own page, where a banner says it. */
export function GivenElsewhere() {
  const here = route.value;
  const others = given.value.filter(({ item }) => here.page !== "item" || here.item !== item);
  const [first] = others;
  if (first === undefined) return null;
  return (
    <div class="notices given" role="status">
      <div class="notice">
      <span>What you typed before a page was closed was not lost. {whereSaid(first.outcome)}</span>
      <a class="button" href={`${to(`/items/${first.item}/drafts/${first.draft}`)}?panel=given`}>
        Show
      </a>
      <button class="icon-button" type="button" aria-label="Put this away" onClick={() => forgetGiven(others.filter(({ outcome }) => outcome !== "kept" || first.outcome === "kept"))}>
        ✕
      </button>
      </div>
    </div>
  );
}
