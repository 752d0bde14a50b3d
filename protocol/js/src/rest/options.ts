/** What every call over HTTP takes beside its own. */
export interface Options {
  /** Ends the request; the call rejects with the signal's reason. */
  readonly signal?: AbortSignal;
  /** It goes out although the page is being left; browsers allow that for bodies up to 64 KiB. */
  readonly keepalive?: boolean;
}
