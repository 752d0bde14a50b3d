/**
 * Keeps one session's unsent edits in the journal: writes at most 50 ms after an edit, removes when nothing is unsent.
 *
 * Owns the session's lock while there is one to own. When the storage fails in the midst of it (quota, a cleared
 * profile), it says so once and tries again with the next edit.
 */
import { Journal } from "./journal.js";
import type { NoJournal } from "./journal.js";
import type { Session } from "../session/session.js";
export declare class Keeper {
    readonly journal: Journal;
    private readonly session;
    readonly scope: string;
    private readonly release;
    private readonly failed;
    private readonly written;
    private readonly bases;
    private timer;
    private work;
    private ended;
    private constructor();
    /** Begin; a string says why there is no journal. `held`: whoever gave the session holds its lock already. */
    static begin(session: Session, scope: string, failed: (why: NoJournal) => void, held?: Journal): Promise<Keeper | NoJournal>;
    /** Something of the session may have changed. */
    touch(): void;
    /** Write now, as when the page hides; resolves when it is written. */
    flush(): Promise<void>;
    /** Stop; what is unsent stays in the journal, for the next load. */
    end(): Promise<void>;
    /** Forget all that this user has unsent here, and stop. */
    wipe(): Promise<void>;
    private hasNews;
    private write;
}
