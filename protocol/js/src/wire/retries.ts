/** How long to wait before the next try; the twin of `draftwire.wire.retries`, held to it by vectors. */

const BASE_MS = 250;
const CAP_MS = 10_000;
const DOUBLINGS = 10; // beyond the cap in any case

/** How long to wait after `failures` in a row before this one; `share` of the ceiling, drawn from 0 … 1. */
export function pauseMs(failures: number, share: number): number {
  return share * Math.min(CAP_MS, BASE_MS * 2 ** Math.min(failures, DOUBLINGS));
}
