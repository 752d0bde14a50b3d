/** React hooks over a draft: each rerenders a component only when what it reads has changed. React 18 or later. */

import { useCallback, useEffect, useMemo, useState, useSyncExternalStore } from "react";
import { leafGone, mayType } from "../index.js";
import type { Client, DraftHandle, Json, LeafGone, Purpose, Status, Store } from "../index.js";

export interface DraftState {
  /** Null until it is there. */
  readonly draft: DraftHandle | null;
  /** Why it can't be shown: a Problem with a stable code. */
  readonly error: Error | null;
}

const OPENING: DraftState = { draft: null, error: null };
const NOTHING: Store<undefined> = { get: () => undefined, subscribe: () => () => {} };

/** Follow a draft as long as the component is there. */
export function useDraft(client: Client, { item, draft, purpose }: { item?: string; draft?: string; purpose?: Purpose }): DraftState {
  const [state, setState] = useState<DraftState>(OPENING);
  useEffect(() => {
    let left = false;
    let opened: DraftHandle | null = null;
    setState(OPENING);
    const what = { ...(item === undefined ? {} : { item }), ...(draft === undefined ? {} : { draft }), ...(purpose === undefined ? {} : { purpose }) };
    client.draft(what).then(
      (handle) => {
        if (left) handle.close();
        else setState({ draft: (opened = handle), error: null });
      },
      (error: Error) => {
        if (!left) setState({ draft: null, error });
      },
    );
    return () => {
      left = true;
      opened?.close();
    };
  }, [client, item, draft, purpose]);
  return state;
}

/** A store's value. */
export function useStore<T>(store: Store<T>): T {
  return useSyncExternalStore(store.subscribe, store.get, store.get);
}

/** Anything read off a draft; `read` is kept between renders or made by `useCallback`. */
export function useDraftSelect<T>(draft: DraftHandle | null, read: (draft: DraftHandle) => T): T | undefined {
  return useStore<T | undefined>(useMemo(() => draft?.select(read) ?? NOTHING, [draft, read]));
}

/** What stands at an address. */
export function useDraftValue(draft: DraftHandle | null, at: string): Json | undefined {
  return useDraftSelect(draft, useCallback((handle: DraftHandle) => handle.get(at), [at]));
}

const statusOf = (draft: DraftHandle): { status: Status; sentence: string } => ({ status: draft.status, sentence: draft.sentence });

/** The status of saving, and its sentence. */
export function useDraftStatus(draft: DraftHandle | null): { status: Status; sentence: string } | undefined {
  return useDraftSelect(draft, statusOf);
}

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
export function useDraftLeaf(draft: DraftHandle | null, at: string): DraftLeaf | undefined {
  const read = useCallback(
    (handle: DraftHandle): DraftLeaf => {
      const gone = leafGone(handle, at);
      return { text: gone === null ? (handle.get(at) as string) : null, gone, typable: gone === null && mayType(handle) };
    },
    [at],
  );
  return useDraftSelect(draft, read);
}
