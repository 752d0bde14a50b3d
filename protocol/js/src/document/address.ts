/**
 * Addresses: the `id` of the nearest enclosing keyed element (or nothing), then a JSON Pointer inside it.
 *
 * An id is escaped as a pointer token is. An address is compared as a string: `a` lies strictly inside `b` of the
 * same element if it begins with `b + "/"`. Array indexes never occur in an address of an op.
 */

import { Problem } from "../errors.js";

export type Tokens = readonly string[];

/** A token as it stands in an address (RFC 6901). */
export function escapeToken(token: string): string {
  return /[~/]/.test(token) ? token.replaceAll("~", "~0").replaceAll("/", "~1") : token;
}

/** The token behind its escaped form; raises Problem `bad_address` on a stray tilde. */
export function unescapeToken(raw: string): string {
  if (!raw.includes("~")) return raw;
  if (raw.replaceAll("~0", "").replaceAll("~1", "").includes("~")) {
    throw new Problem("bad_address", "~ must be followed by 0 or 1");
  }
  return raw.replaceAll("~1", "/").replaceAll("~0", "~");
}

/** The element's id (empty: the document) and the tokens inside it. */
export function parseAddress(address: string): readonly [element: string, tokens: Tokens] {
  const [owner = "", ...rest] = address.split("/");
  return [unescapeToken(owner), rest.map(unescapeToken)];
}

/** Join an element's id (empty: the document) and tokens into an address. */
export function formatAddress(element: string, tokens: Tokens): string {
  return [element, ...tokens].map(escapeToken).join("/");
}

/** The id of the element, empty for the document. */
export function ownerOf(address: string): string {
  const slash = address.indexOf("/");
  return unescapeToken(slash < 0 ? address : address.slice(0, slash));
}

/** Say whether `address` lies strictly inside `place`, both of one element. */
export function isInside(address: string, place: string): boolean {
  return address.startsWith(place + "/");
}
