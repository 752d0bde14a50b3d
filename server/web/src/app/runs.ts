/** Runs of AI sessions, and what people do with them. */

import { signal } from "@preact/signals";
import type { rest } from "draftwire";
import { api } from "./api.js";

/** Counts what was done to runs here, so that whatever shows them looks again. */
export const runsChanged = signal(0);

export const over = ({ state }: rest.Run): boolean => state === "stopped" || state === "ended";

export async function runsOf(item: string): Promise<readonly rest.Run[]> {
  return (await api.runs.page({ item, limit: 30 })).runs;
}

/** Pause, resume or stop a run. */
export async function control(run: string, what: "pause" | "resume" | "stop"): Promise<void> {
  await api.runs[what](run);
  runsChanged.value++;
}

export async function tell(run: string, text: string): Promise<void> {
  await api.runs.note(run, { text });
}

export async function changesOf(run: string): Promise<readonly rest.RunDraftChanges[]> {
  return (await api.runs.changes(run)).drafts;
}

/** What was done, and what was left because others have written there since. */
export interface Outcome {
  done: number;
  left: number;
  refused: number;
}

export type Decision = "undo" | "redo" | "restore" | "keep";

/** Undo, redo, restore or keep what a run did: these hunks, or all. */
export async function decide(run: string, what: Decision, chosen: rest.RunChosen = {}): Promise<Outcome> {
  const { drafts } = await api.runs[what](run, chosen);
  runsChanged.value++;
  return {
    done: drafts.reduce((sum, { done = [] }) => sum + done.length, 0),
    left: drafts.reduce((sum, { left = [] }) => sum + left.filter(({ why }) => why !== "unknown").length, 0),
    refused: drafts.filter(({ problem }) => problem != null).length,
  };
}
