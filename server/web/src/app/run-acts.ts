/** What a person does with a run, and what is said of it. */

import type { rest } from "draftwire";
import { toast } from "./editor/toasts.js";
import { control, decide } from "./runs.js";
import type { Decision, Outcome } from "./runs.js";
import { counted } from "./words.js";

const OFFERED_S = 30; // the undo of what a stopped run wrote; later where its changes are listed

/** Stop a run; what it wrote stays, and its undo is offered. */
export async function stop(run: { id: string; label?: string | null }): Promise<void> {
  await control(run.id, "stop");
  toast({
    text: `${run.label ? `“${run.label}”` : "The AI session"} is stopped. What it wrote is still there.`,
    undo: () => decideOnRun(run.id, "undo"),
    label: "Undo what it wrote",
    seconds: OFFERED_S,
  });
}

/** Undo, redo, restore or keep these changes of a run, or all. */
export async function decideOnRun(run: string, what: Decision, chosen: rest.RunChosen = {}): Promise<void> {
  const outcome = await decide(run, what, chosen);
  const back = { undo: "redo", redo: "undo" } as const;
  toast({
    text: told(what, outcome),
    ...(what === "undo" || what === "redo" ? { undo: () => decide(run, back[what], chosen) } : {}),
  });
}

function told(what: Decision, { done, left, refused }: Outcome): string {
  const word = { undo: "undone", redo: "done again", restore: "brought back", keep: "kept" }[what];
  const rest = left > 0 ? ` ${counted(left, "change")} stayed: others have written there since.` : "";
  const no = refused > 0 ? ` ${counted(refused, "draft")} could not be changed.` : "";
  return `${counted(done, "change")} ${word}.${rest}${no}`;
}
