/** How long to wait before the next try; the twin of `draftwire.wire.retries`, held to it by vectors. */
/** How long to wait after `failures` in a row before this one; `share` of the ceiling, drawn from 0 … 1. */
export declare function pauseMs(failures: number, share: number): number;
