/** What becomes of what I type, in a sentence, and who can see it. */

import { useOpened } from "../menu.js";
import type { Status } from "draftwire";
import { infoOf, isMine } from "./badge.js";
import type { Desk } from "./desk.js";
import { search } from "../route.js";
import { counted } from "../words.js";

const SAYS: Record<Status, readonly [word: string, sentence: string]> = {
  saved: ["Saved", "Everything is saved."],
  saving: ["Saving", "It is being saved."],
  waiting: ["Not saved yet", "The server is slow to take it. What you type is kept here, and is saved as soon as it does."],
  local: ["Not sent yet", "The connection is gone; what you type is kept here and goes out when it is back."],
  offline: ["Offline", "The connection is gone. It comes back by itself."],
  conflict: ["Needs a look", "Something could not be merged without you. Both texts are kept."],
  refused: ["Refused", "The server did not take an edit. Its text is in your stash."],
  read_only: ["You can look", "You may read this, and not type in it."],
  signed_out: ["Signed out", "You are signed out. What you typed can still be copied."],
  gone: ["Gone", "This is not there for you any more. Its text can still be copied."],
};
const SEES = {
  private: "Only you can see it.",
  readable: "Whoever may read this item can see it.",
  open: "Whoever may write this item can type in it.",
};

export function StatusLine({ desk }: { desk: Desk }) {
  const { box, open, toggle, keyed } = useOpened();
  const draft = desk.draft.value;
  if (desk.view.value.kind !== "draft" || draft === null) return null;
  const status = desk.status.value;
  const local = desk.local.value;
  const [word, told] = local === null ? SAYS[status] : ["Local edits", "Autosave is off: what you type stays in this browser until you save it."];
  void (status === "waiting" && [desk.touched.value, desk.structure.value]); // how much it is grows
  const sentence = status === "waiting" && local === null ? `${counted(draft.backlog, "character")} of yours ${draft.backlog === 1 ? "is" : "are"} not saved. ${told}` : told;
  return (
    <div class="status-box" ref={box} onKeyDown={keyed}>
      <button class="status" type="button" data-status={local === null ? status : "kept"} aria-expanded={open} aria-label={`${word}. ${sentence} ${sees(desk)}`} onClick={toggle}>
        <span class="status-dot" aria-hidden="true" />
        <span class="status-word">{word}</span>
      </button>
      {open && (
        <div class="pop" role="dialog" aria-label="Saving">
          <p>{sentence}</p>
          <p class="quiet">{sees(desk)}</p>
          {isMine(desk) && (
            <label class="switch">
              <input
                type="checkbox"
                role="switch"
                checked={local === null}
                onChange={(event) => {
                  if (local?.changed) search({ panel: "local" });
                  else desk.setAutosave(event.currentTarget.checked);
                }}
              />
              Autosave
            </label>
          )}
        </div>
      )}
      <span class="sr-only" role="status">
        {["saved", "saving"].includes(status) ? "" : `${word}. ${told}`}
      </span>
    </div>
  );
}

export function sees(desk: Desk): string {
  const draft = desk.draft.value;
  if (draft === null) return "";
  if (desk.local.value !== null) return "Nobody else can see it.";
  if (draft.purpose === "shared") return "Whoever may write this item types here.";
  if (isMine(desk)) return SEES[infoOf(desk)?.visibility ?? "readable"];
  return `It is ${draft.owner?.name ?? "somebody"}’s draft.`;
}
