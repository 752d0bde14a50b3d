/** What a client tells: everything of its session, its connection, and what an earlier load of the page left unsent. */
import type { SessionEvent } from "../session/session.js";
import type { ParkedText } from "../wire/messages.js";
import type { NoJournal } from "./journal.js";
export type ConnectionState = "connecting" | "open" | "waiting" | "closed";
export type ClientEvent = SessionEvent | {
    type: "connection";
    state: ConnectionState;
    retryInMs?: number;
    code?: number;
} | {
    type: "journal";
    on: true;
} | {
    type: "journal";
    on: false;
    why: NoJournal;
} | {
    type: "givenBack";
    item: string;
    draft: string;
    outcome: "saved" | "stashed" | "kept";
    texts: readonly ParkedText[];
    key: string;
};
