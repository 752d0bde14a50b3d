/** The etag of a draft's state as headers write it; the twin of `draftwire.wire.etags`, held to it by vectors. */
/** An etag as a header holds it; one that is quoted already stays as it is. */
export declare function quoted(etag: string): string;
/** The etag that a header holds, weak or not. */
export declare function unquoted(header: string): string;
