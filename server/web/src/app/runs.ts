/** Runs of AI sessions, as the routes tell of them, and what people do with them: member for member `draftwire.rest`. */

import { signal } from "@preact/signals";
import type { ActorInfo, Json } from "draftwire";
import { ask } from "./http.js";

export type RunState = "running" | "paused" | "stopped" | "ended" | "lost";

export interface Run {
  id: string;
  actor: ActorInfo;
  label: string;
  mode: "apply" | "suggest";
  state: RunState;
  started_at: number;
  seen_at: number;
  events: number;
  controls: boolean;
  model?: string | null;
  ended_at?: number | null;
  drafts?: { item: string; draft: string; path?: string | null }[];
  streams?: { id: string; at: string; state: string; units: number }[];
}

export interface Hunk {
  id: string;
  at: string;
  kind: "text" | "set" | "remove" | "insert" | "move";
  state: "standing" | "changed" | "undone" | "kept" | "gone";
  added?: Json;
  removed?: Json;
  by?: ActorInfo[];
  lines?: [number, number] | null;
  parts?: { added: string; removed: string; state: string; waits?: boolean }[];
  inside?: string | null;
  before?: string | null;
  after?: string | null;
}

export interface DraftChanges {
  item: string;
  draft: string;
  etag: string;
  may_undo: boolean;
  state: "open" | "too_old" | "discarded";
  hunks?: Hunk[];
  path?: string | null;
}

interface Undone {
  drafts: { draft: string; done?: string[]; left?: { hunk: string; why: string; by?: ActorInfo[] }[]; problem?: string | null }[];
}

/** Counts what was done to runs here, so that whatever shows them looks again. */
export const runsChanged = signal(0);

export const over = ({ state }: Run): boolean => state === "stopped" || state === "ended";

export async function runsOf(item: string): Promise<Run[]> {
  return (await ask<{ runs: Run[] }>(["runs"], { query: { item, limit: 30 } })).runs;
}

export const loadRun = (run: string): Promise<Run> => ask<Run>(["runs", run]);

/** Pause, resume or stop a run. */
export async function control(run: string, what: "pause" | "resume" | "stop"): Promise<void> {
  await ask(["runs", run, what], { body: {} });
  runsChanged.value++;
}

export async function tell(run: string, text: string): Promise<void> {
  await ask(["runs", run, "notes"], { body: { text } });
}

export async function changesOf(run: string): Promise<DraftChanges[]> {
  return (await ask<{ drafts: DraftChanges[] }>(["runs", run, "changes"])).drafts;
}

/** What was done, and what was left because others have written there since. */
export interface Outcome {
  done: number;
  left: number;
  refused: number;
}

export type Decision = "undo" | "redo" | "restore" | "keep";

/** Undo, redo, restore or keep what a run did: these hunks, or all. */
export async function decide(run: string, what: Decision, chosen: { hunks?: string[]; items?: string[] } = {}): Promise<Outcome> {
  const { drafts } = await ask<Undone>(["runs", run, what], { body: chosen });
  runsChanged.value++;
  return {
    done: drafts.reduce((sum, { done = [] }) => sum + done.length, 0),
    left: drafts.reduce((sum, { left = [] }) => sum + left.filter(({ why }) => why !== "unknown").length, 0),
    refused: drafts.filter(({ problem }) => problem != null).length,
  };
}
