// src/bindings/react.ts
import { useCallback, useEffect, useMemo, useState, useSyncExternalStore } from "react";
import { leafGone, mayType } from "./draftwire.js";
var OPENING = { draft: null, error: null };
var NOTHING = { get: () => void 0, subscribe: () => () => {
} };
function useDraft(client, { item, draft, purpose }) {
  const [state, setState] = useState(OPENING);
  useEffect(() => {
    let left = false;
    let opened = null;
    setState(OPENING);
    const what = { ...item === void 0 ? {} : { item }, ...draft === void 0 ? {} : { draft }, ...purpose === void 0 ? {} : { purpose } };
    client.draft(what).then(
      (handle) => {
        if (left) handle.close();
        else setState({ draft: opened = handle, error: null });
      },
      (error) => {
        if (!left) setState({ draft: null, error });
      }
    );
    return () => {
      left = true;
      opened?.close();
    };
  }, [client, item, draft, purpose]);
  return state;
}
function useStore(store) {
  return useSyncExternalStore(store.subscribe, store.get, store.get);
}
function useDraftSelect(draft, read) {
  return useStore(useMemo(() => draft?.select(read) ?? NOTHING, [draft, read]));
}
function useDraftValue(draft, at) {
  return useDraftSelect(draft, useCallback((handle) => handle.get(at), [at]));
}
var statusOf = (draft) => ({ status: draft.status, sentence: draft.sentence });
function useDraftStatus(draft) {
  return useDraftSelect(draft, statusOf);
}
function useDraftLeaf(draft, at) {
  const read = useCallback(
    (handle) => {
      const gone = leafGone(handle, at);
      return { text: gone === null ? handle.get(at) : null, gone, typable: gone === null && mayType(handle) };
    },
    [at]
  );
  return useDraftSelect(draft, read);
}
export {
  useDraft,
  useDraftLeaf,
  useDraftSelect,
  useDraftStatus,
  useDraftValue,
  useStore
};
