/** `<dw-presence>`: who else is at the item. */

import { DraftElement, filled, make, sheetOf } from "./element.js";
import { hueOf, HUES } from "../index.js";
import type { DraftEvent, DraftHandle, PresenceEntry } from "../index.js";

const PRESENCE_STRINGS = {
  label: "Here now",
  nobody: "Nobody else is here",
  editing: "{name} is editing",
  viewing: "{name} is looking",
  idle: "{name} is away",
  agent: "AI for {name}",
  sessions: "{what}, in {count} tabs",
};
const PRESENCE_SHEET = sheetOf(`
ul { display: flex; flex-wrap: wrap; gap: 4px; }
button { width: 30px; height: 30px; padding: 0; border-radius: 50%; font-weight: 600; font-size: 12px; border: 0; color: #fff; }
.agent { border-radius: 8px; outline: 1px dashed currentColor; outline-offset: -3px; }
.idle { opacity: 0.55; }
.editing { box-shadow: 0 0 0 2px var(--_-surface), 0 0 0 4px var(--_-accent); }
${HUES.map((hue) => `.hue-${hue} { background: oklch(0.5 0.13 ${hue}); }`).join("\n")}
`);
const LIVELY = { editing: 2, viewing: 1, idle: 0 } as const;

/** Who else is at the item: a person once, however many tabs; AI sessions apart, and not by colour alone. */
export class PresenceElement extends DraftElement<typeof PRESENCE_STRINGS> {
  constructor() {
    super(PRESENCE_STRINGS, PRESENCE_SHEET);
  }

  protected heeds({ type }: DraftEvent): boolean {
    return type === "presence";
  }

  protected draw({ presence }: DraftHandle): void {
    const actors = new Map<string, PresenceEntry[]>();
    for (const entry of presence) {
      const key = entry.actor.kind === "agent" ? entry.sid : entry.actor.id;
      actors.set(key, [...(actors.get(key) ?? []), entry]);
    }
    const list = make("ul", { "aria-label": this.strings.label });
    for (const [key, entries] of actors) list.append(make("li", {}, this.person(key, entries)));
    const empty = make("p", { class: "quiet" }, this.strings.nobody);
    this.root.replaceChildren(actors.size > 0 ? list : empty);
  }

  private person(key: string, entries: readonly PresenceEntry[]): HTMLElement {
    const entry = entries.reduce((best, one) => (LIVELY[one.state] > LIVELY[best.state] ? one : best));
    const { actor, state } = entry;
    const agent = actor.kind === "agent";
    const name = agent ? filled(this.strings.agent, { name: actor.on_behalf_of ?? actor.name }) : actor.name;
    const what = filled(this.strings[state], { name });
    const label = entries.length > 1 ? filled(this.strings.sessions, { what, count: entries.length }) : what;
    const initials = agent ? "✦" : actor.name.split(/\s+/).map((word) => [...word][0] ?? "").slice(0, 2).join("").toUpperCase();
    const kind = `${agent ? "agent " : ""}${state} hue-${hueOf(actor.user)}`;
    const chosen = (): void => this.tell("dw-person", { actor, entries });
    return make("button", { type: "button", class: kind, part: "person", title: label, "aria-label": label, "data-key": key, click: chosen }, initials);
  }
}
