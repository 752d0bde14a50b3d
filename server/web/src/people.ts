/** How people and AI sessions look: a person is a disc with an initial, an AI session a dashed tile with a spark. */

import type { ActorInfo } from "draftwire";
import { make } from "./dom.js";

const hues = new Map<string, string>();

/** Give a user the hue of the given number, 1 to 3. */
export function giveHue(user: string, hue: number): void {
  hues.set(user, `who-${hue}`);
}

/** The class that carries somebody's hue. */
export function hueOf(actor: ActorInfo): string {
  if (actor.kind === "agent") return "who-agent";
  let hue = hues.get(actor.user) ?? hues.get(actor.name);
  if (hue === undefined) hues.set(actor.user, (hue = "who-3"));
  return hue;
}

/** The name to show: an AI session says that it is one, and for whom. */
export function nameOf(actor: ActorInfo): string {
  if (actor.kind !== "agent") return actor.name;
  return actor.on_behalf_of ? `${actor.name} (AI, for ${actor.on_behalf_of})` : `${actor.name} (AI)`;
}

export function avatar(name: string, hue: string, agent: boolean): HTMLElement {
  const initial = agent ? "✦" : (name.trim()[0] ?? "?").toUpperCase();
  return make("span", { class: `avatar ${hue}`, "data-agent": agent, "aria-hidden": "true" }, initial);
}
