/** How a call becomes a request, and its answer a value or a Problem. */

import { Problem } from "../errors.js";
import { quoted } from "../wire/etags.js";
import type { Api } from "./api.js";
import type { Options } from "./options.js";
import { HEADERS, ROUTES } from "./routes.js";

/** Sends a request to a path of the server, as the person whose token it brings. */
export type Send = (path: string, init: RequestInit) => Promise<Response>;

const QUOTED = '"*"'; // an etag, which may come with its quotes

type Given = Readonly<Record<string, unknown>> & Options;

/**
 * All calls, by group: `api.items.list({ q: "refund" })`. What stands in the path comes first, then the body, then the
 * rest by name. A call rejects with a Problem, whose `code` is stable; nothing is tried again by itself. `known` names
 * the workspace, for each call anew; without it the server is asked for it, once.
 */
export function callsOf(send: Send, known?: () => string): Api {
  const calls: Record<string, Record<string, (...given: unknown[]) => Promise<unknown>>> = {};
  let told: Promise<string> | null = null;
  const workspace = (): Promise<string> =>
    (told ??= (asked(send, "GET", "/v1/me") as Promise<{ workspace: string }>).then(
      (me) => me.workspace,
      (error: unknown) => {
        told = null; // asked again by the next call
        throw error;
      },
    ));
  for (const [call, method, path, takesBody] of ROUTES) {
    const [group, name] = call.split(".") as [string, string];
    (calls[group] ??= {})[name] = async (...given) => {
      const filled = path.replace(/\*/g, () => segment(given.shift()));
      const body = takesBody === 1 ? (given.shift() ?? {}) : undefined;
      const options = (given.shift() ?? {}) as Given;
      if (filled.startsWith("/")) return asked(send, method, filled, body, options);
      const name = encodeURIComponent(known === undefined ? await workspace() : known());
      return asked(send, method, `/v1/w/${name}/${filled}`, body, options);
    };
  }
  return calls as unknown as Api;
}

/** A name in a path. Throws Problem for what an address reads otherwise: it would lead to another route. */
function segment(given: unknown): string {
  const name = String(given ?? "");
  if (name === "" || name === "." || name === "..") throw new Problem("bad_message", "A name in a path can't be empty, . or ..");
  return encodeURIComponent(name);
}

async function asked(send: Send, method: string, path: string, body?: unknown, options: Given = {}): Promise<unknown> {
  const { signal, keepalive, ...named } = options;
  const headers: Record<string, string> = { accept: "application/json" };
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(named)) {
    if (value === undefined || value === null) continue;
    const header = HEADERS[name];
    if (header !== undefined) {
      if (value !== true) headers[header[0]] = header[1] === QUOTED ? quoted(String(value)) : header[1].replace("*", String(value));
      continue;
    }
    for (const one of Array.isArray(value) ? value : [value]) query.append(name, String(one));
  }
  if (body !== undefined) headers["content-type"] = "application/json";
  const init: RequestInit = { method, headers };
  if (body !== undefined) init.body = JSON.stringify(body);
  if (signal !== undefined) init.signal = signal;
  if (keepalive !== undefined) init.keepalive = keepalive;
  let answer: Response;
  let text: string;
  try {
    answer = await send(query.size > 0 ? `${path}?${query.toString()}` : path, init);
    text = await answer.text();
  } catch (error) {
    if (signal?.aborted === true || error instanceof Problem) throw error;
    throw new Problem("unavailable", "The server can't be reached.");
  }
  if (!answer.ok) throw refusal(answer.status, text);
  return text === "" ? undefined : JSON.parse(text);
}

/** The Problem that an answer tells of; from a proxy in between it may be no JSON. */
function refusal(status: number, text: string): Problem {
  let said: Record<string, unknown> = {};
  try {
    said = (JSON.parse(text) ?? {}) as Record<string, unknown>;
  } catch {
    // the status says what there is to say
  }
  const { code, detail, title, type: _, status: __, retry: ___, ...more } = said;
  const message = detail ?? title ?? `The server answered ${status}.`;
  return new Problem(typeof code === "string" ? code : "internal", String(message), more, status);
}
