/** What a client tells: everything of its session, its connection, and what an earlier load of the page left unsent. */

import type { SessionEvent } from "../session/session.js";
import type { ParkedText } from "../wire/messages.js";
import type { NoJournal } from "./journal.js";

export type ConnectionState = "connecting" | "open" | "waiting" | "closed";

export type ClientEvent =
  | SessionEvent
  | { type: "connection"; state: ConnectionState; retryInMs?: number; code?: number }
  // Unsent edits outlive this page from now on, or they do not.
  | { type: "journal"; on: true }
  | { type: "journal"; on: false; why: NoJournal }
  // What an earlier load of a page left unsent: now in the draft, or in the stash, or still in the journal since neither
  // was allowed; then the texts are here to be copied, and `forgetUnsent` ends it. `texts`: the places as they read with
  // it and without; of what went to the stash, what is there.
  | { type: "givenBack"; item: string; draft: string; outcome: "saved" | "stashed" | "kept"; texts: readonly ParkedText[]; key: string };
