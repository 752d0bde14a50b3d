/** What I look at, in a few words, and everything that can be done with it. */

import { useEffect, useMemo, useState } from "preact/hooks";
import { compare } from "draftwire";
import type { DraftInfo, JsonObject } from "draftwire";
import { api } from "../api.js";
import { useOpened } from "../menu.js";
import { at, go, search } from "../route.js";
import type { Desk } from "./desk.js";
import { ago, counted } from "../words.js";
import { attempt, toast } from "./toasts.js";

/** How many changes the draft has since the version on which it stands; null while that is not known. */
export function useChanges(desk: Desk): number | null {
  const [base, setBase] = useState<{ number: number; value: JsonObject } | null>(null);
  const draft = desk.draft.value;
  const look = desk.look.value;
  const turn = desk.touched.value + desk.structure.value;
  const number = draft?.baseVersion ?? 0;
  useEffect(() => {
    if (draft === null || look === null) return;
    const known = look.value as JsonObject | undefined;
    if (known !== undefined && number === desk.head && base === null) {
      setBase({ number, value: known });
      return;
    }
    if (base?.number === number) return;
    void attempt(async () => {
      const version = await api.versions.get(desk.item, number);
      setBase({ number, value: (version.value ?? {}) as JsonObject });
    });
  }, [draft, number]);
  return useMemo(() => {
    if (draft === null || desk.doc === null || base?.number !== number) return null;
    const { changes } = compare(base.value, desk.doc.value, draft.view.shape, 0);
    return changes.reduce((sum, change) => sum + (change.change === "text_changed" ? Math.max(1, change.hunks.length) : 1), 0);
  }, [draft, base, number, turn, desk.view.value, desk.local.value]);
}

export function infoOf(desk: Desk): DraftInfo | undefined {
  return desk.look.value?.drafts.find((one) => one.id === desk.draft.value?.id);
}

export function isMine(desk: Desk): boolean {
  const draft = desk.draft.value;
  return draft !== null && draft.purpose !== "shared" && draft.owner?.user === desk.user;
}

/** The words of the badge. */
export function said(desk: Desk, changes: number | null): { tone: string; title: string; more: string } {
  const view = desk.view.value;
  const draft = desk.draft.value;
  if (view.kind === "version") {
    const { number } = view.version;
    if (number === 0) return { tone: "deployed", title: "Never deployed", more: "how it began" };
    return { tone: "deployed", title: number === desk.head ? `Deployed version ${number}` : `Version ${number}`, more: number === desk.head ? "" : `${desk.head} is live` };
  }
  if (view.kind === "state") return { tone: "past", title: "As it was", more: view.label };
  if (desk.local.value !== null) return { tone: "local", title: "Local edits", more: "in this browser only" };
  if (draft === null) return { tone: "deployed", title: "Opening…", more: "" };
  const since = draft.baseVersion === 0 ? "never deployed" : `since version ${draft.baseVersion}`;
  const more = changes === null ? since : changes === 0 ? (draft.baseVersion === 0 ? since : `as version ${draft.baseVersion}`) : draft.baseVersion === 0 ? `${counted(changes, "change")}, ${since}` : `${counted(changes, "change")} ${since}`;
  if (draft.purpose === "shared") return { tone: "shared", title: infoOf(desk)?.legacy ? "Legacy draft" : "Shared draft", more };
  if (draft.purpose === "suggestion") return { tone: "other", title: `Suggestion of ${draft.owner?.name ?? "somebody"}`, more };
  if (!isMine(desk)) return { tone: "other", title: `${draft.owner?.name ?? "Somebody"}’s draft`, more };
  if (changes === 0 && draft.baseVersion > 0) return { tone: "deployed", title: `Deployed version ${draft.baseVersion}`, more: desk.may.value === "type" ? "your draft begins when you type" : "" };
  return { tone: "mine", title: "Draft", more };
}

export function Badge({ desk }: { desk: Desk }) {
  const { box, open, toggle, close, keyed } = useOpened();
  const changes = useChanges(desk);
  const { tone, title, more } = said(desk, changes);
  return (
    <div class="badge-box" ref={box} onKeyDown={keyed}>
      <button class="badge" type="button" data-tone={tone} aria-haspopup="menu" aria-expanded={open} onClick={toggle}>
        <span class="badge-dot" aria-hidden="true" />
        <span class="badge-title">{title}</span>
        {more !== "" && <span class="badge-more">{more}</span>}
        <span aria-hidden="true" class="caret-down">
          ▾
        </span>
      </button>
      {open && <Menu desk={desk} changes={changes} close={close} />}
    </div>
  );
}

function Menu({ desk, changes, close }: { desk: Desk; changes: number | null; close: () => void }) {
  const draft = desk.draft.value;
  const view = desk.view.value;
  const others = (desk.look.value?.drafts ?? []).filter((one) => one.id !== draft?.id);
  const mine = isMine(desk);
  const live = view.kind === "draft" && draft !== null;
  const run = (act: () => void) => () => {
    close();
    act();
  };
  const show = (panel: string) => run(() => search({ panel }, "push"));
  return (
    <div class="menu" role="menu" aria-label="What is shown, and what to do with it">
      {view.kind !== "draft" && <Item label={draft === null ? "To my draft" : "Back to the draft"} act={run(() => (view.kind === "state" ? search({ state: null }) : go(at(desk.item))))} />}
      {desk.head > 0 && view.kind === "draft" && <Item label={`Version ${desk.head} beside it`} act={run(() => search({ beside: "deployed" }, "push"))} />}
      {live && <Item label="What differs from what is deployed" act={run(() => go(`${at(desk.item, "diff")}?from=deployed&to=${draft.id}`))} />}
      <Item label="As JSON" act={show("json")} />
      <Item label="History, versions, blame" act={show("history")} />
      {desk.head > 0 && view.kind === "draft" && <Item label={`Look at version ${desk.head} alone`} act={run(() => go(at(desk.item, "versions", desk.head)))} />}
      {live && desk.typable && desk.local.value === null && <div class="menu-line" role="separator" />}
      {live && desk.typable && desk.local.value === null && (
        <Item
          label="Revert changes"
          off={changes === 0}
          act={run(() => void attempt(() => desk.replace((id) => api.deploys.revert(id, { version: desk.head }), desk.head === 0 ? "The draft reads as it began." : `The draft reads as version ${desk.head}.`)))}
        />
      )}
      {live && mine && draft.stands && <Item label="Discard this draft" act={run(() => void attempt(() => discard(desk)))} />}
      {live && <Item label="Names for states" act={show("history")} />}
      <Item label="My stash" act={show("stash")} />
      {mine && <Item label="Who can see and type" act={show("sharing")} />}
      {mine && live && <Item label={desk.local.value === null ? "Switch autosave off" : "Switch autosave on"} act={run(() => (desk.local.value?.changed ? search({ panel: "local" }) : desk.setAutosave(desk.local.value !== null)))} />}
      {!mine && live && draft.purpose === "own" && <Item label={`Adopt ${draft.owner?.name ?? "this"}’s draft into mine`} act={show("adopt")} />}
      {others.length > 0 && <div class="menu-line" role="separator" />}
      {others.map((one) => (
        <Item
          key={one.id}
          label={one.purpose === "shared" ? (one.legacy ? "Legacy draft" : "Shared draft") : one.owner?.user === desk.user ? "My draft" : `${one.owner?.name ?? "Somebody"}’s ${one.purpose === "suggestion" ? "suggestion" : "draft"}`}
          note={one.may === "no" ? "private" : ago(one.updated_at)}
          off={one.may === "no"}
          act={run(() => go(at(desk.item, "drafts", one.id)))}
        />
      ))}
    </div>
  );
}

function Item({ label, note, off = false, act }: { label: string; note?: string; off?: boolean; act: () => void }) {
  return (
    <button role="menuitem" type="button" tabIndex={-1} aria-disabled={off} onClick={() => !off && act()}>
      <span>{label}</span>
      {note !== undefined && <span class="quiet small">{note}</span>}
    </button>
  );
}

/** End the draft; for 30 days it can be brought back. */
async function discard(desk: Desk): Promise<void> {
  const draft = desk.draft.value;
  if (draft === null) return;
  const etag = await desk.settled();
  const gone = await api.deploys.discard(draft.id, { etag });
  toast({
    text: "The draft is discarded. Its text is kept for 30 days.",
    undo: () => api.deploys.bringBack(draft.id, { generation: gone.generation }),
    label: "Bring it back",
  });
}
