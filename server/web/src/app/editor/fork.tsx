/** A new item from what is looked at: its state goes along, its history stays. */

import { useEffect, useRef, useState } from "preact/hooks";
import { api } from "../api.js";
import { sentence } from "../../calls.js";
import { at, go, search } from "../route.js";
import type { Desk } from "./desk.js";
import { toast } from "./toasts.js";

export default function ForkDialog({ desk }: { desk: Desk }) {
  const dialog = useRef<HTMLDialogElement>(null);
  const look = desk.look.value;
  const [path, setPath] = useState(look?.path === null || look === null ? "" : `${look.path}_copy`);
  const [trouble, setTrouble] = useState("");
  useEffect(() => dialog.current?.showModal(), []);
  const close = (): void => search({ fork: null });
  const fork = async (): Promise<void> => {
    const view = desk.view.value;
    const draft = desk.draft.value;
    try {
      const state = view.kind === "state" ? view.etag : await desk.settled();
      const from = view.kind === "version" ? (view.version.number === 0 ? "deployed" : `version:${view.version.number}`) : draft !== null && draft.stands ? `${draft.id}@${state}` : "deployed";
      const made = await api.versions.fork(desk.item, { from, path: path.trim() === "" ? null : path.trim() });
      const dropped = made.dropped_secrets?.length ?? 0;
      toast({ text: dropped > 0 ? `The new item is made. ${dropped} secrets of others did not go along: set them anew.` : "The new item is made." });
      go(at(made.item));
    } catch (error) {
      setTrouble(sentence(error));
    }
  };
  return (
    <dialog ref={dialog} class="dialog fork" aria-labelledby="fork-title" onClose={close}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void fork();
        }}
      >
        <h2 id="fork-title">Fork into a new item</h2>
        <p class="quiet small">It begins with what you are looking at. This item stays as it is.</p>
        <label class="stacked">
          Path
          <input type="text" value={path} placeholder="f/folder/name, or nothing" aria-invalid={trouble !== ""} aria-describedby="fork-trouble" onInput={(event) => setPath(event.currentTarget.value)} />
        </label>
        <p id="fork-trouble" class="field-bad" role="alert">
          {trouble}
        </p>
        <div class="dialog-buttons">
          <button class="button" type="button" onClick={() => dialog.current?.close()}>
            Cancel
          </button>
          <button class="button" data-primary type="submit">
            Fork
          </button>
        </div>
      </form>
    </dialog>
  );
}
