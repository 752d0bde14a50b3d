/**
 * How people and AI sessions look on every page: a person is a disc with an initial, an AI session a dashed tile with a
 * spark. The colour of a person comes from the user id alone, so it is the same on every page, in every browser.
 */

import type { ActorInfo, PresenceEntry } from "draftwire";

type Who = Pick<ActorInfo, "kind" | "name" | "user"> & { on_behalf_of?: string | null };

/** The hue of a user, in degrees; lightness and chroma are the theme's, so that the contrast holds for every hue. */
export function hueOf(user: string): number {
  let hash = 0x811c9dc5; // FNV-1a, then spread by the golden angle: neighbours in the hash are far apart to the eye
  for (let i = 0; i < user.length; i++) hash = Math.imul(hash ^ user.charCodeAt(i), 0x01000193) >>> 0;
  return Math.round((hash * 137.508) % 360);
}

/** What carries somebody's colour: put it on any element with the class `person`. */
export function colourOf(user: string): Record<string, string> {
  return { "--hue": String(hueOf(user)) };
}

/** The whole name: an AI session says that it is one, and for whom. */
export function nameOf(actor: Who): string {
  if (actor.kind !== "agent") return actor.name;
  return actor.on_behalf_of ? `${actor.name} (AI, for ${actor.on_behalf_of})` : `${actor.name} (AI)`;
}

/** A short name, for carets and avatars. */
export function shortName(actor: Who): string {
  if (actor.kind === "agent") return actor.on_behalf_of ? `AI, for ${first(actor.on_behalf_of)}` : "AI";
  return first(actor.name);
}

/** What somebody says they do, as "editing lines 40–52"; empty if they say nothing. */
export function doingOf({ doing, lines }: PresenceEntry): string {
  if (doing) return doing;
  if (lines == null) return "";
  return lines[0] === lines[1] ? `line ${lines[0]}` : `lines ${lines[0]}–${lines[1]}`;
}

export function Person({ actor, state, small = false }: { actor: Who; state?: string; small?: boolean }) {
  return (
    <span
      class={`avatar person${small ? " small-avatar" : ""}`}
      data-agent={actor.kind === "agent" ? "" : undefined}
      data-state={state}
      style={colourOf(actor.user)}
      aria-hidden="true"
    >
      {actor.kind === "agent" ? "✦" : (actor.name.trim()[0] ?? "?").toUpperCase()}
    </span>
  );
}

function first(name: string): string {
  return name.split(" ")[0] ?? name;
}
