/** Stable codes, as `draftwire.errors` has them: why a command is refused, and why a connection ends. */

/** A command is refused with a stable code; nothing was changed. */
export class Problem extends Error {
  constructor(
    readonly code: string,
    message?: string,
    readonly detail?: unknown,
    /** Of the answer, over HTTP. */
    readonly status?: number,
  ) {
    super(message === undefined ? code : `${code}: ${message}`);
    this.name = "Problem";
  }
}

const MAY_PASS: ReadonlySet<string> = new Set([
  "too_many",
  "quota",
  "too_fast",
  "token_expired",
  "run_paused",
  "stale_region",
  "overlaps_own_edit",
  "stream_gap",
  "base_ahead",
  "busy",
  "unavailable",
  "draining",
  "internal",
]);

/** Whether the same request may pass later. */
export function mayPass(code: string): boolean {
  return MAY_PASS.has(code);
}

export const CLOSE = {
  GOING_AWAY: 1001,
  MESSAGE_TOO_BIG: 1009,
  SERVICE_RESTART: 1012,
  DRAINING: 4000,
  SILENT: 4001,
  SLOW: 4002,
  OVERLOADED: 4003,
  TOKEN_EXPIRED: 4010,
  BAD_FRAME: 4500,
  NO_AUTH: 4501,
  FORBIDDEN: 4503,
  ORIGIN: 4504,
  TOO_LARGE: 4508,
  REPLACED: 4509,
  TOO_MUCH: 4529,
} as const;

/** Whether a client may come back by itself after this close code. */
export function mayReconnect(code: number): boolean {
  return !(code >= 4500 && code <= 4999);
}
