/** What runs suggest for a draft, as the routes tell of it, kept up to date while it is looked at. */

import { signal } from "@preact/signals";
import type { ActorInfo, Json } from "draftwire";
import { ask } from "./http.js";
import { follow } from "./listing.js";
import { attempt } from "./editor/toasts.js";

const SETTLE_MS = 700; // after a change of the draft or of a suggestion: agents write all the time

export interface SuggestedHunk {
  id: string;
  at: string;
  kind: "text" | "set" | "remove" | "insert" | "move";
  state: "open" | "accepted" | "rejected";
  applies: boolean;
  old?: Json;
  new?: Json;
  why?: "changed" | "there" | "together" | null;
  changed_by?: ActorInfo[];
  by?: ActorInfo | null;
  start?: number | null;
  end?: number | null;
}

export interface Suggestion {
  id: string;
  run: string;
  item: string;
  draft: string;
  etag: string;
  may_accept: boolean;
  actor?: ActorInfo | null;
  hunks?: SuggestedHunk[];
}

/** The suggestions for one draft. */
export class Suggestions {
  readonly all = signal<readonly Suggestion[]>([]);
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
      const { suggestions } = await ask<{ suggestions: Suggestion[] }>(["drafts", this.draft, "suggestions"], { query: { item: this.item } });
      const full = await Promise.all(suggestions.map(({ id }) => ask<Suggestion>(["suggestions", id])));
      if (!this.closed) this.all.value = full.filter(({ hunks = [] }) => hunks.length > 0);
    } catch {
      if (!this.closed) this.all.value = []; // nobody has begun the draft, or it is gone
    }
  }

  /** Accept or reject hunks of a suggestion; what does not apply any more is said by its answer. */
  async decide(suggestion: Suggestion, what: "accept" | "reject", which: { hunks?: string[]; at?: string[]; all?: boolean }): Promise<{ done: number; left: readonly SuggestedHunk[] }> {
    const { done, left = [] } = await ask<{ done: string[]; left?: SuggestedHunk[] }>(["suggestions", suggestion.id, what], { body: which });
    await this.look();
    return { done: done.length, left };
  }
}

export const openHunks = ({ hunks = [] }: Suggestion): SuggestedHunk[] => hunks.filter(({ state }) => state === "open");

/** Do what was clicked, and say what came of it. */
export async function decideAndSay(all: Suggestions, suggestion: Suggestion, what: "accept" | "reject", which: { hunks?: string[]; at?: string[]; all?: boolean }, say: (text: string) => void): Promise<void> {
  await attempt(async () => {
    const { done, left } = await all.decide(suggestion, what, which);
    const word = what === "accept" ? "in the draft" : "rejected";
    const stayed = left.length > 0 ? ` ${left.length} no longer ${left.length === 1 ? "applies" : "apply"}.` : "";
    say(`${done} ${done === 1 ? "suggestion is" : "suggestions are"} ${word}.${stayed}`);
  });
}
