/** What runs suggest for a draft, as the routes tell of it, kept up to date while it is looked at. */

import { signal } from "@preact/signals";
import type { rest } from "draftwire";
import { api } from "./api.js";
import { follow } from "./listing.js";
import { attempt } from "./editor/toasts.js";

const SETTLE_MS = 700; // after a change of the draft or of a suggestion: agents write all the time

/** The suggestions for one draft. */
export class Suggestions {
  readonly all = signal<readonly rest.Suggestion[]>([]);
  private timer: number | undefined;
  private closed = false;
  private readonly off: () => void;

  constructor(
    private readonly draft: string,
    private readonly item: string,
  ) {
    this.off = follow((events) => {
      if (events.some((event) => event.type.startsWith("suggestion.") && event.draft === draft)) this.soon();
    });
    void this.look();
  }

  close(): void {
    this.closed = true;
    window.clearTimeout(this.timer);
    this.off();
  }

  /** The draft changed, or a run writes: look again, if there is anything to look at. */
  changed(): void {
    if (this.all.value.length > 0) this.soon();
  }

  private soon(): void {
    this.timer ??= window.setTimeout(() => {
      this.timer = undefined;
      void this.look();
    }, SETTLE_MS);
  }

  private async look(): Promise<void> {
    try {
      const { suggestions } = await api.suggestions.list(this.draft, { item: this.item });
      const full = await Promise.all(suggestions.map(({ id }) => api.suggestions.get(id)));
      if (!this.closed) this.all.value = full.filter(({ hunks = [] }) => hunks.length > 0);
    } catch {
      if (!this.closed) this.all.value = []; // nobody has begun the draft, or it is gone
    }
  }

  /** Accept or reject hunks of a suggestion; what does not apply any more is said by its answer. */
  async decide(suggestion: rest.Suggestion, what: "accept" | "reject", which: rest.Deciding): Promise<{ done: number; left: readonly rest.SuggestedHunk[] }> {
    const { done, left = [] } = await api.suggestions[what](suggestion.id, which);
    await this.look();
    return { done: done.length, left };
  }
}

export const openHunks = ({ hunks = [] }: rest.Suggestion): rest.SuggestedHunk[] => hunks.filter(({ state }) => state === "open");

/** Do what was clicked, and say what came of it. */
export async function decideAndSay(all: Suggestions, suggestion: rest.Suggestion, what: "accept" | "reject", which: rest.Deciding, say: (text: string) => void): Promise<void> {
  await attempt(async () => {
    const { done, left } = await all.decide(suggestion, what, which);
    const word = what === "accept" ? "in the draft" : "rejected";
    const stayed = left.length > 0 ? ` ${left.length} no longer ${left.length === 1 ? "applies" : "apply"}.` : "";
    say(`${done} ${done === 1 ? "suggestion is" : "suggestions are"} ${word}.${stayed}`);
  });
}
