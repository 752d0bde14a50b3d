/** React hooks over a draft: each rerenders a component only when what it reads has changed. React 18 or later. */
import type { Client, DraftHandle, Json, LeafGone, Purpose, Status, Store } from "../index.js";
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
/** A text leaf as a field shows it. */
export interface DraftLeaf {
    /** Null while no text stands there. */
    readonly text: string | null;
    /** Why there is none. */
    readonly gone: LeafGone["code"] | null;
    /** Whether one may type in it now. */
    readonly typable: boolean;
}
/** A text leaf: what it reads, whether one may type in it, and why it is none any more. */
export declare function useDraftLeaf(draft: DraftHandle | null, at: string): DraftLeaf | undefined;
