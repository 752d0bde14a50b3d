/** Requests of the pages: below the workspace, with the token of who is signed in; refusals are `Problem`s with their code. */

import { Problem } from "draftwire";
import { base } from "../base.js";
import { me, signedOut } from "./session.js";

export interface Asked {
  method?: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  query?: Record<string, string | number | boolean | readonly string[] | null | undefined>;
  body?: unknown;
  headers?: Record<string, string>;
  signal?: AbortSignal;
  /** It goes out although the page is being left. */
  keepalive?: boolean;
}

/** Ask for something below the workspace, as `["items", id, "versions"]`. Throws `Problem`. */
export async function ask<T>(path: readonly (string | number)[], asked: Asked = {}): Promise<T> {
  return (await answered<T>(path, asked)).value;
}

/** The same with the answer's headers (etags). */
export async function answered<T>(
  path: readonly (string | number)[],
  asked: Asked = {},
): Promise<{ value: T; headers: Headers; status: number }> {
  const who = me.value;
  if (who === null) throw new Problem("unauthenticated", "Nobody is signed in.");
  const segments = ["v1", "w", who.workspace, ...path].map((segment) => encodeURIComponent(segment));
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(asked.query ?? {})) {
    if (value === null || value === undefined || value === false || value === "") continue;
    for (const one of Array.isArray(value) ? value : [value]) query.append(name, String(one));
  }
  const text = query.toString();
  let response: Response;
  try {
    response = await fetch(`${base}/${segments.join("/")}${text ? `?${text}` : ""}`, {
      method: asked.method ?? (asked.body === undefined ? "GET" : "POST"),
      headers: {
        accept: "application/json",
        authorization: `Bearer ${who.token}`,
        ...(asked.body === undefined ? {} : { "content-type": "application/json" }),
        ...asked.headers,
      },
      ...(asked.body === undefined ? {} : { body: JSON.stringify(asked.body) }),
      keepalive: asked.keepalive ?? false,
      ...(asked.signal === undefined ? {} : { signal: asked.signal }),
    });
  } catch (error) {
    if (asked.signal?.aborted) throw error;
    throw new Problem("unavailable", "The server can't be reached.");
  }
  const said: unknown = await response.json().catch(() => null);
  asked.signal?.throwIfAborted(); // while its body came: half an answer is none
  if (!response.ok) {
    const { code, detail, title, ...more } = (said ?? {}) as { code?: string; detail?: string; title?: string };
    if (response.status === 401) signedOut();
    throw new Problem(code ?? "internal", detail ?? title ?? `The server answered ${response.status}.`, more);
  }
  return { value: said as T, headers: response.headers, status: response.status };
}

/** What to show of an error: the sentence without its code. */
export function sentence(error: unknown): string {
  if (error instanceof Problem) return error.message.replace(/^[a-z_]+: /, "");
  return error instanceof Error ? error.message : "That did not work.";
}
