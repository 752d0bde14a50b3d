/**
 * Reads and writes frames: JSON with the contract's limits, messages with the shapes of `messages.ts`.
 *
 * Refuses what `draftwire.wire.codec` refuses: depth over 100, U+0000 and lone surrogates in any string, integers beyond
 * ±2^53, a member named `__proto__`. One thing is out of reach: `JSON.parse` keeps the last of two equal members
 * and tells nobody, so `duplicate_key` is found by the server alone. Members that the contract does not name are
 * kept and ignored.
 */
import type { ClientMessage, ServerMessage } from "./messages.js";
import type { Json, Op } from "../document/ops.js";
export declare const MAX_DEPTH = 100;
export declare const MAX_INTEGER: number;
/** Parse JSON text within the contract's limits. Raises Problem. */
export declare function parseJson(text: string): Json;
/** Write a value as JSON text, after checking that it keeps the contract's limits. */
export declare function formatJson(value: unknown): string;
/** How many bytes a value takes in a frame; exact only if that may be more than `enough`. */
export declare function encodedBytes(value: unknown, enough?: number): number;
/** Raise Problem unless `value`, standing `depth` levels deep, is JSON within the contract's limits. */
export declare function checkJson(value: unknown, depth?: number): void;
/**
 * Raise Problem unless a value of an op, which stands `depth` levels deep in a frame, is what the frame will say of it:
 * `JSON.stringify` leaves out `undefined` and functions, and makes something else of dates, maps and the like.
 */
export declare function checkValue(value: unknown, depth: number): void;
/** Raise Problem unless this is an op as the wire can carry it, with its value: `bad_op`, or a code of `checkValue`. */
export declare function checkOp(given: unknown, depth: number): asserts given is Op;
/** Raise Problem if the text holds U+0000 or half a surrogate pair. */
export declare function checkText(text: string): void;
/** Read a frame that a server sent. Raises Problem: `unknown_message` is to be ignored, all else ends the connection. */
export declare function decodeServerMessage(frame: string): ServerMessage;
/** Read a frame that a client sent. Raises Problem. */
export declare function decodeClientMessage(frame: string): ClientMessage;
/** Read one op. Raises Problem. */
export declare function decodeOp(value: unknown): Op;
/** Write a message as the text of one frame. Raises Problem if a text in it may not travel. */
export declare function encodeMessage(message: ClientMessage | ServerMessage): string;
