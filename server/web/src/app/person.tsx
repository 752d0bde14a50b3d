/**
 * How people and AI sessions look on every page: a person is a disc with an initial, an AI session a dashed tile with a
 * spark. The colour of a person comes from the user id alone, so it is the same on every page, in every browser.
 */

import type { PresenceEntry } from "draftwire";
import { hueOf } from "draftwire";
import type { Who } from "../people.js";

export { caretName, nameOf, shortName } from "../people.js";

/** What carries somebody's colour: put it on any element with the class `person`. */
export function colourOf(user: string): Record<string, string> {
  return { "--hue": String(hueOf(user)) };
}

/** What somebody says they do, as "editing lines 40–52"; empty if they say nothing. */
export function doingOf({ actor, doing, lines }: PresenceEntry): string {
  if (doing) return doing;
  if (lines == null) return "";
  if (actor.kind === "user") return `sees lines ${lines[0]}–${lines[1]}`;
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
