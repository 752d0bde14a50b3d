/** Edits that are kept in this browser: saved into the draft, or dropped. */

import { compare } from "draftwire";
import { api } from "../api.js";
import { closePanel, search } from "../route.js";
import { Choose } from "./choose.js";
import type { Desk } from "./desk.js";
import { Diff } from "./diff.js";
import { hunksIn, settled } from "./settle.js";
import { attempt, toast } from "./toasts.js";
import type { Choice } from "./types.js";

export function LocalPanel({ desk }: { desk: Desk }) {
  void [desk.touched.value, desk.structure.value];
  const local = desk.local.value;
  const draft = desk.draft.value;
  if (local === null || draft === null) {
    return (
      <>
        <p>Every edit is saved as it is typed.</p>
        <button class="button" type="button" onClick={closePanel}>
          Go on
        </button>
      </>
    );
  }
  const found = local.mergeInto(draft.confirmed);
  const save = async (choices: Record<string, Choice>, then: "autosave" | "deploy"): Promise<void> => {
    const sent = local.doc;
    const document = settled(local.mergeInto(draft.confirmed), choices, sent, draft.confirmed);
    const etag = desk.etag;
    await api.drafts.saveOfItem(desk.item, { value: document.value }, { purpose: draft.purpose === "shared" ? "shared" : "own", ifMatch: etag });
    if (local.doc !== sent) {
      local.savedUpTo(sent.value, desk.etag);
      toast({ text: "Your local edits are saved into the draft, but for what you typed meanwhile: that is still here alone." });
      return;
    }
    desk.dropLocal();
    toast({ text: "Your local edits are saved into the draft. Autosave is on again.", undo: () => desk.takeBack(draft.id, etag, desk.etag) });
    if (then === "deploy") search({ panel: "deploy" });
    else closePanel();
  };
  const drop = (): void => {
    const again = local;
    desk.dropLocal();
    closePanel();
    toast({
      text: "Your local edits are dropped.",
      undo: () => {
        desk.keepLocal(again);
        again.edit([]);
        desk.reread();
      },
    });
  };
  const hunks = hunksIn(found);
  return (
    <>
      <p>They were made on {local.etag === desk.etag ? "the draft as it is." : "an older state of the draft. They are merged with what came since."}</p>
      {hunks.length > 0 ? (
        <Choose hunks={hunks} mine="Mine" theirs="The draft" label="Save into the draft" take={(choices) => void attempt(() => save(choices, "autosave"))} />
      ) : (
        <div class="row">
          <button class="button" data-primary type="button" disabled={!local.changed} onClick={() => void attempt(() => save({}, "autosave"))}>
            Save into the draft
          </button>
          <button class="button" type="button" disabled={!local.changed} onClick={() => void attempt(() => save({}, "deploy"))}>
            Save and deploy…
          </button>
        </div>
      )}
      <button class="text-button" type="button" onClick={drop}>
        Drop them
      </button>
      <h3>What I changed</h3>
      <Diff comparison={compare(local.base, local.doc.value, draft.view.shape)} />
    </>
  );
}
