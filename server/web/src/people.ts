/** What people and AI sessions are called, and how they look on pages without components: a person is a disc with an initial, an AI session a dashed tile with a spark. */

import { hueOf } from "draftwire";
import type { ActorInfo } from "draftwire";
import { make } from "./dom.js";

export type Who = Pick<ActorInfo, "kind" | "name" | "user"> & { on_behalf_of?: string | null; imported_by?: string | null };

/** Somebody in their colour, which comes from the user id. */
export function avatar(actor: ActorInfo): HTMLElement {
  const agent = actor.kind === "agent";
  const face = make("span", { class: "avatar person", "data-agent": agent, "aria-hidden": "true" }, agent ? "✦" : (actor.name.trim()[0] ?? "?").toUpperCase());
  face.style.setProperty("--hue", String(hueOf(actor.user)));
  return face;
}

/** The whole name: an AI session says that it is one, and for whom; what was imported, by whom. */
export function nameOf(actor: Who): string {
  const name = actor.imported_by ? `${actor.name}, imported by ${actor.imported_by}` : actor.name;
  if (actor.kind !== "agent") return name;
  return actor.on_behalf_of ? `${name} (AI, for ${actor.on_behalf_of})` : `${name} (AI)`;
}

/** What a caret is labelled with. */
export function caretName(actor: Who): string {
  return actor.kind === "agent" ? `✦ ${shortName(actor)}` : shortName(actor);
}

/** A short name, for carets and avatars. */
export function shortName(actor: Who): string {
  if (actor.kind === "agent") return actor.on_behalf_of ? `AI, for ${first(actor.on_behalf_of)}` : "AI";
  return first(actor.name);
}

function first(name: string): string {
  return name.split(" ")[0] ?? name;
}
