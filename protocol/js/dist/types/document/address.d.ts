/**
 * Addresses: the `id` of the nearest enclosing keyed element (or nothing), then a JSON Pointer inside it.
 *
 * An id is escaped as a pointer token is. An address is compared as a string: `a` lies strictly inside `b` of the
 * same element if it begins with `b + "/"`. Array indexes never occur in an address of an op.
 */
export type Tokens = readonly string[];
/** A token as it stands in an address (RFC 6901). */
export declare function escapeToken(token: string): string;
/** The token behind its escaped form; raises Problem `bad_address` on a stray tilde. */
export declare function unescapeToken(raw: string): string;
/** The element's id (empty: the document) and the tokens inside it. */
export declare function parseAddress(address: string): readonly [element: string, tokens: Tokens];
/** Join an element's id (empty: the document) and tokens into an address. */
export declare function formatAddress(element: string, tokens: Tokens): string;
/** The id of the element, empty for the document. */
export declare function ownerOf(address: string): string;
/** Say whether `address` lies strictly inside `place`, both of one element. */
export declare function isInside(address: string, place: string): boolean;
