/** What the pages ask over HTTP. Tokens stay in memory or in sessionStorage, that is per tab, and travel in a header. */

import { base } from "./base.js";

export interface SignedIn {
  token: string;
  user: string;
  name: string;
  workspace: string;
}
export interface DemoUser {
  name: string;
  title: string;
  role: string;
}
export interface DevInfo {
  dev: boolean;
  users: DemoUser[];
  workers: unknown[];
}
export interface ItemRow {
  id: string;
  kind: string;
  path: string | null;
  summary: string;
  version: number | null;
}
export interface WriterRow {
  w: number;
  sid: string;
  batches: number;
  last_no: number;
}

export class HttpError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}

async function ask<T>(path: string, token: string | null, body?: unknown): Promise<T> {
  const headers: Record<string, string> = { Accept: "application/json" };
  if (token !== null) headers["Authorization"] = `Bearer ${token}`;
  if (body !== undefined) headers["Content-Type"] = "application/json";
  const response = await fetch(base + path, {
    method: body === undefined ? "GET" : "POST",
    headers,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  let answer: unknown = null;
  try {
    answer = text === "" ? null : JSON.parse(text);
  } catch {
    answer = null;
  }
  if (!response.ok) {
    const problem = (answer ?? {}) as { code?: string; title?: string; detail?: string };
    const message = problem.detail ?? problem.title ?? `The server answered ${response.status}.`;
    throw new HttpError(response.status, problem.code ?? "", message);
  }
  return answer as T;
}

export function devInfo(): Promise<DevInfo> {
  return ask("/dev/info", null);
}

export function signIn(user: string): Promise<SignedIn> {
  return ask("/dev/tokens", null, { user });
}

export async function listItems(workspace: string, token: string): Promise<ItemRow[]> {
  const answer = await ask<{ items: Record<string, unknown>[] }>(`/v1/w/${encodeURIComponent(workspace)}/items`, token);
  return answer.items.map((row) => {
    const head = row["head"] as { number?: number } | number | null | undefined;
    const version = typeof head === "number" ? head : (head?.number ?? null);
    return {
      id: String(row["id"] ?? row["item"]),
      kind: String(row["kind"]),
      path: typeof row["path"] === "string" ? row["path"] : null,
      summary: typeof row["summary"] === "string" ? row["summary"] : "",
      version,
    };
  });
}

export async function listWriters(workspace: string, draft: string, token: string): Promise<WriterRow[]> {
  const path = `/v1/w/${encodeURIComponent(workspace)}/drafts/${encodeURIComponent(draft)}/writers`;
  return (await ask<{ writers: WriterRow[] }>(path, token)).writers;
}

/** A person has dealt with an alert: it ends for all whom it concerns. */
export function resolveAlert(workspace: string, alert: string, token: string): Promise<unknown> {
  const [w, a] = [workspace, alert].map(encodeURIComponent);
  return ask(`/v1/w/${w}/alerts/${a}/resolve`, token, {});
}

export function askAssistant(draft: string, item: string, user: string, token: string, line: number): Promise<{ run: string }> {
  return ask("/dev/assistant", token, { draft, item, user, line });
}

/** `running`, `paused`, `stopped`, `ended` or `lost`. */
export async function runState(workspace: string, run: string, token: string): Promise<string> {
  return (await ask<{ state: string }>(`/v1/w/${encodeURIComponent(workspace)}/runs/${encodeURIComponent(run)}`, token)).state;
}

/** Take back what a run wrote; what people wrote around and inside it stays. */
export function undoRun(workspace: string, run: string, token: string): Promise<{ drafts: { done?: string[] }[] }> {
  return ask(`/v1/w/${encodeURIComponent(workspace)}/runs/${encodeURIComponent(run)}/undo`, token, {});
}

export function killWorker(worker: string, token: string): Promise<unknown> {
  return ask("/dev/kill-worker", token, { worker });
}

export function flushValkey(token: string): Promise<unknown> {
  return ask("/dev/flush-valkey", token, {});
}

export function restartPostgres(token: string): Promise<unknown> {
  return ask("/dev/restart-postgres", token, {});
}
