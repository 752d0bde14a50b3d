/**
 * Line ends of values: a text leaf holds LF alone, and whoever writes a whole value may have CRLF and CR in it.
 *
 * They become LF before an op is done, so that what is shown is what is sent and kept; a server refuses them in ops.
 */
import type { Doc } from "./document.js";
import type { Json, Op } from "./ops.js";
import type { Place } from "./shape.js";
/** The op, made for `document`, with LF in the text leaves that it sets or inserts; itself if it has none. */
export declare function opWithLf(document: Doc, op: Op): Op;
/** A value, which stands at `place`, with LF line ends in its text leaves; itself if nothing was to do. */
export declare function valueWithLf(value: Json, place: Place): Json;
