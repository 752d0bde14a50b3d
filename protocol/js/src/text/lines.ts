/** Line ends: a text leaf holds LF alone, and every door for whole texts takes CRLF and CR for it. */

/** The text with LF for every CRLF and CR. */
export function lf(text: string): string {
  return text.includes("\r") ? text.replace(/\r\n?/g, "\n") : text;
}
