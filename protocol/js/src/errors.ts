/** Stable codes, as `draftwire.errors` has them: why a command is refused, and why a connection ends. */

import { MAY_PASS } from "./wire/codes.js";
import type { ErrorCode } from "./wire/codes.js";

export { CLOSE } from "./wire/codes.js";
export type { ErrorCode, EventType } from "./wire/codes.js";

/** A command is refused with a stable code; nothing was changed. */
export class Problem extends Error {
  constructor(
    readonly code: ErrorCode | (string & {}),
    message?: string,
    readonly detail?: unknown,
    /** Of the answer, over HTTP. */
    readonly status?: number,
  ) {
    super(message === undefined ? code : `${code}: ${message}`);
    this.name = "Problem";
  }
}

/** Whether the same request may pass later. */
export function mayPass(code: string): boolean {
  return MAY_PASS.has(code);
}

/** Whether a client may come back by itself after this close code. */
export function mayReconnect(code: number): boolean {
  return !(code >= 4500 && code <= 4999);
}
