/** React hooks over a draft: each rerenders a component only when what it reads has changed. React 18 or later. */
import type { Client, DraftHandle, Json, Purpose, Status, Store } from "./index.js";
export interface DraftState {
    /** Null until it is there. */
    readonly draft: DraftHandle | null;
    /** Why it can't be shown: a Problem with a stable code. */
    readonly error: Error | null;
}
/** Follow a draft as long as the component is there. */
export declare function useDraft(client: Client, { item, draft, purpose }: {
    item?: string;
    draft?: string;
    purpose?: Purpose;
}): DraftState;
/** A store's value. */
export declare function useStore<T>(store: Store<T>): T;
/** Anything read off a draft; `read` is kept between renders or made by `useCallback`. */
export declare function useDraftSelect<T>(draft: DraftHandle | null, read: (draft: DraftHandle) => T): T | undefined;
/** What stands at an address. */
export declare function useDraftValue(draft: DraftHandle | null, at: string): Json | undefined;
/** The status of saving, and its sentence. */
export declare function useDraftStatus(draft: DraftHandle | null): {
    status: Status;
    sentence: string;
} | undefined;
