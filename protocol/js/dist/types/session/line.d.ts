/**
 * What all channels of a session share: whether the server listens, what goes out and in which order, what is parked.
 *
 * A parked text is kept here until the server says that the stash has it: it is sent again on every new connection and
 * after a refusal that may pass, also when its draft is no longer followed. No I/O, no clock: `nowMs` is set by whoever
 * drives the session.
 */
import type { ClientMessage, Park, Welcome } from "../wire/messages.js";
import type { Parking } from "./replica.js";
export declare class Line {
    readonly newKey: () => string;
    nowMs: number;
    welcome: Welcome | null;
    greeted: boolean;
    signedOut: boolean;
    heardMs: number;
    readonly outgoing: ClientMessage[];
    private nextRef;
    private readonly parking;
    private parkAgainMs;
    /** `newKey` gives random keys of batches. */
    constructor(newKey: () => string);
    /** The public id of this session, nothing before the first welcome. */
    get sid(): string;
    /** The most ops that the server takes in one edit. */
    get mostOps(): number;
    /** The largest frame that the server takes. */
    get frameBytes(): number;
    /** Whether the server was heard lately: what is not pending is saved. */
    get hears(): boolean;
    /** A number for a question. */
    ref(): number;
    /** Send a message if the server listens; it is not kept for later. */
    say(message: ClientMessage): void;
    /** The connection ended. */
    cut(): void;
    /** What is to be sent now, in order. */
    take(): ClientMessage[];
    /** Send texts to the stash, in as many messages as frames need. */
    park(draft: string, generation: number, { reason, base, texts }: Parking, item: string): void;
    /** Whether texts of a draft are not known to be in the stash yet. */
    parks(draft: string): boolean;
    /** The messages with texts of a draft that the stash is not known to have. */
    parksOf(draft: string): Park[];
    /** Take over such messages of an earlier load of the page. */
    takeParks(parks: readonly Park[]): void;
    /** The stash has them; gives their draft. */
    parked(ref: number): string | null;
    /** The stash did not take them: again later if that may help; false if no such texts are on their way. */
    parkFailed(ref: number, code: string): boolean;
    /** Send what is not confirmed once more. */
    parkAgain(): void;
    /** Send again what the stash did not take, if it is time. */
    tick(): void;
}
