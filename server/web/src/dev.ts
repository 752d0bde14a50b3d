/** What only `draftwire dev` answers: its demo users and their tokens, its assistant, and what can break. */

import { Problem } from "draftwire";
import { base } from "./base.js";

/** A token stays in memory or in sessionStorage, that is per tab, and travels in a header. */
export interface SignedIn {
  token: string;
  user: string; // username
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

async function ask<T>(path: string, token: string | null, body?: unknown): Promise<T> {
  const headers: Record<string, string> = { Accept: "application/json" };
  if (token !== null) headers["Authorization"] = `Bearer ${token}`;
  if (body !== undefined) headers["Content-Type"] = "application/json";
  const response = await fetch(`${base}/dev/${path}`, {
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
    throw new Problem(problem.code ?? "internal", message, undefined, response.status);
  }
  return answer as T;
}

export function devInfo(): Promise<DevInfo> {
  return ask("info", null);
}

export function signIn(user: string): Promise<SignedIn> {
  return ask("tokens", null, { user });
}

export function askAssistant(draft: string, item: string, user: string, token: string, line: number): Promise<{ run: string }> {
  return ask("assistant", token, { draft, item, user, line });
}

export function killWorker(worker: string, token: string): Promise<unknown> {
  return ask("kill-worker", token, { worker });
}

export function flushValkey(token: string): Promise<unknown> {
  return ask("flush-valkey", token, {});
}

export function restartPostgres(token: string): Promise<unknown> {
  return ask("restart-postgres", token, {});
}
