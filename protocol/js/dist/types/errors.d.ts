/** Stable codes, as `draftwire.errors` has them: why a command is refused, and why a connection ends. */
/** A command is refused with a stable code; nothing was changed. */
export declare class Problem extends Error {
    readonly code: string;
    readonly detail?: unknown | undefined;
    /** Of the answer, over HTTP. */
    readonly status?: number | undefined;
    constructor(code: string, message?: string, detail?: unknown | undefined, 
    /** Of the answer, over HTTP. */
    status?: number | undefined);
}
/** Whether the same request may pass later. */
export declare function mayPass(code: string): boolean;
export declare const CLOSE: {
    readonly GOING_AWAY: 1001;
    readonly MESSAGE_TOO_BIG: 1009;
    readonly SERVICE_RESTART: 1012;
    readonly DRAINING: 4000;
    readonly SILENT: 4001;
    readonly SLOW: 4002;
    readonly OVERLOADED: 4003;
    readonly TOKEN_EXPIRED: 4010;
    readonly BAD_FRAME: 4500;
    readonly NO_AUTH: 4501;
    readonly FORBIDDEN: 4503;
    readonly ORIGIN: 4504;
    readonly TOO_LARGE: 4508;
    readonly REPLACED: 4509;
    readonly TOO_MUCH: 4529;
};
/** Whether a client may come back by itself after this close code. */
export declare function mayReconnect(code: number): boolean;
