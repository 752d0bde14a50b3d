/** The etag of a draft's state as headers write it; the twin of `draftwire.wire.etags`, held to it by vectors. */

/** An etag as a header holds it; one that is quoted already stays as it is. */
export function quoted(etag: string): string {
  return etag.startsWith('"') || etag.startsWith("W/") ? etag : `"${etag}"`;
}

/** The etag that a header holds, weak or not. */
export function unquoted(header: string): string {
  return header.replace(/^W\//, "").replaceAll('"', "");
}
