/** Line ends: a text leaf holds LF alone, and every door for whole texts takes CRLF and CR for it. */
/** The text with LF for every CRLF and CR. */
export declare function lf(text: string): string;
