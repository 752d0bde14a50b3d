/**
 * A session over a real WebSocket: connects, comes back, renews the token. Owns sockets and timers, decides nothing.
 *
 * The session id lives in memory: one load of a page is one writer, also in a duplicated tab; what it leaves unsent is
 * in the journal, and the next load gives it back. The token travels in the first message, never in a URL. A close code
 * below 4500 means "come back": after the time that `bye` named, else with full jitter (base 250 ms, cap 10 s), and at
 * once when the browser says that the network or the page is back. Needs no page: workers and Node have it too.
 */
import { DraftHandle } from "./draft.js";
import type { EditOptions } from "./draft.js";
import type { ClientEvent, ConnectionState } from "./events.js";
import type { JournalRecord } from "./journal.js";
import { Keeper } from "./keeper.js";
import type { PresenceState, Purpose, Status } from "../wire/messages.js";
import type { Op } from "../document/ops.js";
import type { Api } from "../rest/api.js";
import type { DraftReplica } from "../session/replica.js";
import { Session } from "../session/session.js";
export interface ClientOptions {
    /**
     * The server: `https://drafts.example` or with a base path, also as `wss:`, or the whole address of its WebSocket; the
     * page's own host if absent.
     */
    url?: string;
    /** Gives a token that is valid now; asked at every connect and before the token expires. */
    token: () => string | Promise<string>;
    /** Name and version, for the server's log. */
    client?: string;
    /** The run that this session works for. */
    run?: string;
    /** An agent acts with the person's token: its label. It has at most the person's rights, and is shown as an agent. */
    agent?: string;
    /** Other words for a status than `STATUS_SENTENCES`, for other languages. */
    sentences?: Partial<Record<Status, string>>;
    /** Whether unsent edits are kept in the browser's storage, to be given back by the next load; true if absent. */
    journal?: boolean;
    /** The WebSocket to use where there is none (Node below 22). */
    WebSocket?: typeof WebSocket;
}
type Listener = (event: ClientEvent) => void;
export declare class Client {
    private readonly options;
    private readonly left;
    readonly session: Session;
    state: ConnectionState;
    private socket;
    private readonly listeners;
    private readonly waiting;
    readonly sentences: Readonly<Record<Status, string>>;
    private readonly deliveries;
    private readonly followed;
    private readonly leaving;
    private readonly channels;
    private readonly socketOf;
    private keeper;
    private keeping;
    private givingBack;
    private readonly recovering;
    private lastToken;
    private calls;
    private failures;
    private byeAfterMs;
    private reconnectTimer;
    private tickTimer;
    private welcomeTimer;
    private renewTimer;
    private wanted;
    /** `left`: the session of an earlier load of a page, to be gone on with; only this module gives it. */
    constructor(options: ClientOptions, left?: Left | null);
    /** Call `listener` with everything that happens; the answer ends it. */
    on(listener: Listener): () => void;
    connect(): void;
    /** Leave for good: what is unsent stays in the session, `connect` goes on. */
    close(): void;
    /** Leave for good and forget what this user has unsent in this browser: for a person who signs out. */
    signOut(): Promise<void>;
    /** Follow a draft; resolves with the first state, rejects if it can't be seen. */
    open(what: {
        item?: string;
        draft?: string;
        purpose?: Purpose;
    }): Promise<DraftReplica>;
    /**
     * Follow a draft with presence, as a handle: named, or chosen by the server for the item. Handles of one draft are one;
     * each is closed by whoever asked for it. The others see that this person looks at it, unless `present` is false. Rejects
     * with a Problem if the draft can't be seen.
     */
    draft({ present, ...what }: {
        item?: string;
        draft?: string;
        purpose?: Purpose;
        present?: boolean;
    }): Promise<DraftHandle>;
    private follows;
    private unfollow;
    /** Leave those drafts whose handles are closed and of which nothing is unsent any more. */
    private leaveSent;
    /** Leave a channel: `draft:<id>`, `item:<id>` or `workspace:<id>`. */
    leave(channel: string): void;
    /** Follow a state channel: `item:<id>` or `workspace:<id>`. */
    subscribe(channel: string): void;
    /** Change a draft; the view has it when this returns. Raises Problem if the ops don't fit the view. */
    edit(draft: string, ops: readonly Op[], options?: EditOptions): void;
    /**
     * Ask the server over HTTP as the same person: `request("/v1/items?limit=20")`. A token that has expired is asked for
     * anew once.
     */
    request(path: string, init?: RequestInit): Promise<Response>;
    /** Everything over HTTP, typed: `client.api.items.list({ q: "refund" })`. It needs no connection. */
    get api(): Api;
    /** Call `listener` with all events of one message, or one step of the clock, at a time; the answer ends it. */
    onDelivery(listener: (events: readonly ClientEvent[]) => void): () => void;
    /** Write what is unsent into the journal now; resolves when it is there. */
    keep(): Promise<void>;
    /** Drop what an earlier load left and could not be given back (`givenBack` with `kept`). */
    forgetUnsent(key: string): Promise<void>;
    /** Say where this session is, in coordinates of the view. */
    focus(where: {
        item: string;
        state: PresenceState;
        draft?: string;
        at?: string;
        anchor?: number;
        head?: number;
    }): void;
    /** The same place reads otherwise after a foreign change; nothing is sent for that alone. */
    refocus(where: Parameters<Session["refocus"]>[0]): void;
    /** Bring back what was lost when the log was rewound (see the event `rewound`). Raises Problem. */
    bringBack(draft: string): void;
    /** The person has looked at what was parked: the status may say "saved" again. */
    dismissParked(draft: string): void;
    /** Whether a person can see what is shown: told where there is no document, as in a worker. */
    set visible(is: boolean);
    private readonly tick;
    private readonly look;
    private readonly hide;
    private readonly wake;
    private dial;
    private read;
    private welcomed;
    private renew;
    private lost;
    private comeBack;
    private drop;
    private flush;
    private send;
    private enter;
    private deliver;
    private beginKeeping;
    /** Go on as every session of this user that ended before all was sent and that no living page holds. */
    private giveBack;
    private giveBackOf;
    private goOn;
    private endKeeping;
    /** Whether all of a draft is with the server, as far as this connection has heard. */
    private sent;
}
/** What an earlier load of a page left, and the keeper of the load that goes on with it. */
interface Left {
    readonly records: readonly JournalRecord[];
    readonly keeper: Keeper;
}
export {};
