/** How a call becomes a request, and its answer a value or a Problem. */
import type { Api } from "./api.js";
/** Sends a request to a path of the server, as the person whose token it brings. */
export type Send = (path: string, init: RequestInit) => Promise<Response>;
/**
 * All calls, by group: `api.items.list({ q: "refund" })`. What stands in the path comes first, then the body, then the
 * rest by name. A call rejects with a Problem, whose `code` is stable; nothing is tried again by itself. `known` names
 * the workspace, for each call anew; without it the server is asked for it, once.
 */
export declare function callsOf(send: Send, known?: () => string): Api;
