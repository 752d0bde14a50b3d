/** Calls of the server over HTTP, as whoever has the token; what a refusal says. */

import { callsOf, Problem } from "draftwire";
import type { Api } from "draftwire";
import { base } from "./base.js";

export interface Caller {
  /** Valid now; asked for each call. */
  token: () => string;
  /** Where the calls go; without it the server is asked. */
  workspace?: () => string;
  /** The server does not take the token any more. */
  refused?: () => void;
}

/** All calls of a caller. They reject with `Problem`s. */
export function callsAs({ token, workspace, refused }: Caller): Api {
  return callsOf(async (path, init) => {
    const headers = new Headers(init.headers);
    headers.set("authorization", `Bearer ${token()}`);
    const answer = await fetch(base + path, { ...init, headers });
    if (answer.status === 401) refused?.();
    return answer;
  }, workspace);
}

/** What to show of an error: the sentence without its code. */
export function sentence(error: unknown): string {
  if (error instanceof Problem) return error.message.replace(/^[a-z_]+: /, "");
  return error instanceof Error ? error.message : "That did not work.";
}
