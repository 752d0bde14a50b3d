/** Stable codes, as `draftwire.errors` has them: why a command is refused, and why a connection ends. */
import type { ErrorCode } from "./wire/codes.js";
export { CLOSE } from "./wire/codes.js";
export type { ErrorCode, EventType } from "./wire/codes.js";
/** A command is refused with a stable code; nothing was changed. */
export declare class Problem extends Error {
    readonly code: ErrorCode | (string & {});
    readonly detail?: unknown | undefined;
    /** Of the answer, over HTTP. */
    readonly status?: number | undefined;
    constructor(code: ErrorCode | (string & {}), message?: string, detail?: unknown | undefined, 
    /** Of the answer, over HTTP. */
    status?: number | undefined);
}
/** Whether the same request may pass later. */
export declare function mayPass(code: string): boolean;
/** Whether a client may come back by itself after this close code. */
export declare function mayReconnect(code: number): boolean;
