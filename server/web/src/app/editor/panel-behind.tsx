/** A newer version under the draft: brought in, left, or taken instead. */

import { useEffect, useState } from "preact/hooks";
import { compare, Problem } from "draftwire";
import type { JsonObject } from "draftwire";
import { api } from "../api.js";
import { nameOf, Person } from "../person.js";
import { at, closePanel } from "../route.js";
import { Choose } from "./choose.js";
import type { Desk } from "./desk.js";
import { Diff } from "./diff.js";
import { hunksOf } from "./settle.js";
import { ago, exactly } from "../words.js";
import { attempt, toast } from "./toasts.js";
import type { Choice, Hunk } from "./types.js";

interface Preview {
  value: JsonObject;
  hunks: readonly Hunk[];
}

export function BehindPanel({ desk }: { desk: Desk }) {
  const behind = desk.behind.value;
  const draft = desk.draft.value;
  const [preview, setPreview] = useState<Preview | null>(null);
  const version = behind?.head.number ?? 0;
  useEffect(() => {
    setPreview(null);
    if (draft === null || version === 0) return;
    void attempt(async () => {
      await desk.settled();
      try {
        const made = await api.deploys.rebase(draft.id, { version, preview: true });
        setPreview({ value: made.value as JsonObject, hunks: made.hunks ?? [] });
      } catch (error) {
        const more = error instanceof Problem && error.code === "merge_conflict" ? (error.detail as { value: JsonObject }) : null;
        setPreview({ value: more?.value ?? {}, hunks: hunksOf(error) });
      }
    });
  }, [draft, version]);
  if (behind === null || draft === null) {
    return (
      <>
        <p>This draft stands on what is live.</p>
        <button class="button" type="button" onClick={closePanel}>
          Go on
        </button>
      </>
    );
  }
  const rebase = (choices?: Record<string, Choice>): void =>
    void attempt(async () => {
      await desk.replace((id) => api.deploys.rebase(id, { version, ...(choices === undefined ? {} : { resolutions: choices }) }), `The draft stands on version ${version}.`);
      closePanel();
    });
  return (
    <>
      <div class="history-head">
        {behind.head.by !== null && <Person actor={behind.head.by} small />}
        <strong>Version {version}</strong>
        <span class="quiet small" title={exactly(behind.head.at)}>
          {behind.head.by === null ? "" : `${nameOf(behind.head.by)}, `}
          {ago(behind.head.at)}
        </span>
      </div>
      {(behind.head.message ?? "") !== "" && <p class="history-message">{behind.head.message}</p>}
      <p>
        <a href={`${at(desk.item, "diff")}?from=version:${behind.base_version}&to=version:${version}`}>What it changed</a> since version {behind.base_version}, on which this draft stands.
      </p>
      <h3>Bring it into this draft</h3>
      {preview === null ? (
        <p class="quiet">Looking what that would give…</p>
      ) : preview.hunks.length > 0 ? (
        <Choose hunks={preview.hunks} mine="Mine" theirs={`Version ${version}`} label="Bring it in" take={rebase} />
      ) : (
        <>
          <p class="quiet">Nothing overlaps. The draft would change so:</p>
          <Diff comparison={compare(draft.view.value, preview.value, draft.view.shape)} />
          <button class="button" data-primary type="button" onClick={() => rebase()}>
            Bring it in
          </button>
        </>
      )}
      <h3>Or</h3>
      <div class="row">
        <button
          class="button"
          type="button"
          onClick={() =>
            void attempt(async () => {
              await api.deploys.keep(draft.id, { version });
              toast({ text: `The draft stays as it is, and may be deployed over version ${version}.` });
              closePanel();
            })
          }
        >
          Keep the draft as it is
        </button>
        <button
          class="button"
          type="button"
          onClick={() =>
            void attempt(async () => {
              await desk.replace((id) => api.deploys.revert(id, { version }), `The draft reads as version ${version}.`);
              closePanel();
            })
          }
        >
          Revert to version {version}
        </button>
      </div>
    </>
  );
}
