/** Who else is here: watch where they are, follow them, look at their draft, ask to type. */

import { useEffect, useRef, useState } from "preact/hooks";
import type { PresenceEntry } from "draftwire";
import { api } from "../api.js";
import { colourOf, doingOf, nameOf, Person, shortName } from "../person.js";
import { at, go, search } from "../route.js";
import { isMine } from "./badge.js";
import type { Desk } from "./desk.js";
import { attempt, toast } from "./toasts.js";

const MOST = 5; // avatars; the rest is a number
const STATE = { editing: "types", viewing: "looks", idle: "is idle" };

/** One entry for each person, the busiest of their sessions; AI sessions each by themselves. */
function people(here: readonly PresenceEntry[]): PresenceEntry[] {
  const order = ["editing", "viewing", "idle"];
  const found = new Map<string, PresenceEntry>();
  for (const entry of here) {
    const key = entry.actor.kind === "agent" ? entry.sid : entry.actor.id;
    const known = found.get(key);
    if (known === undefined || order.indexOf(entry.state) < order.indexOf(known.state)) found.set(key, entry);
  }
  return [...found.values()];
}

export function People({ desk }: { desk: Desk }) {
  const [open, setOpen] = useState<string | null>(null);
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (open === null) return;
    const away = (event: Event): void => {
      if (!(event.target instanceof Node && box.current?.contains(event.target))) setOpen(null);
    };
    document.addEventListener("pointerdown", away);
    return () => document.removeEventListener("pointerdown", away);
  }, [open]);
  const all = people(desk.here.value);
  return (
    <div
      class="people"
      ref={box}
      role="group"
      aria-label={all.length === 0 ? "Nobody else is here" : "Who else is here"}
      onKeyDown={(event) => {
        if (event.key !== "Escape" || open === null) return;
        event.stopPropagation();
        setOpen(null);
      }}
    >
      {all.slice(0, MOST).map((entry) => (
        <div class="person-box" key={entry.sid}>
          <button
            type="button"
            class="person-button"
            aria-label={`${nameOf(entry.actor)} ${STATE[entry.state]}${where(desk, entry)}`}
            title={`${nameOf(entry.actor)} ${STATE[entry.state]}${where(desk, entry)}`}
            aria-expanded={open === entry.sid}
            onClick={() => setOpen(open === entry.sid ? null : entry.sid)}
          >
            <Person actor={entry.actor} state={entry.state} />
          </button>
          {open === entry.sid && <Card desk={desk} entry={entry} close={() => setOpen(null)} />}
        </div>
      ))}
      {all.length > MOST && <span class="quiet small">+{all.length - MOST}</span>}
    </div>
  );
}

function where(desk: Desk, entry: PresenceEntry): string {
  if (entry.draft == null) return "";
  return entry.draft === desk.draft.value?.id ? " here" : " in another draft";
}

function Card({ desk, entry, close }: { desk: Desk; entry: PresenceEntry; close: () => void }) {
  const here = entry.draft != null && entry.draft === desk.draft.value?.id;
  const theirs = desk.look.value?.drafts.find((one) => one.id === entry.draft);
  const run = (act: () => void) => () => {
    close();
    act();
  };
  return (
    <div class="pop" role="dialog" aria-label={nameOf(entry.actor)}>
      <p>
        <strong>{nameOf(entry.actor)}</strong>
      </p>
      <p class="quiet small">
        {STATE[entry.state]}
        {where(desk, entry)}
        {doingOf(entry) ? `: ${doingOf(entry)}` : ""}
      </p>
      {entry.label && (
        <p class="small">
          {entry.label}
          {entry.model && <span class="quiet"> · {entry.model}</span>}
        </p>
      )}
      {entry.run && (
        <button class="button" type="button" onClick={run(() => search({ panel: "agents", run: entry.run ?? null }, "push"))}>
          What it does
        </button>
      )}
      {here && (
        <button class="button" type="button" onClick={run(() => follow(desk, entry))}>
          {desk.following.value === entry.sid ? "Stop following" : "Follow"}
        </button>
      )}
      {!here && theirs !== undefined && theirs.may !== "no" && (
        <button class="button" type="button" onClick={run(() => go(at(desk.item, "drafts", theirs.id)))}>
          Watch their draft
        </button>
      )}
      {here && desk.may.value === "look" && !isMine(desk) && (
        <button class="button" type="button" onClick={run(() => void askToType(desk))}>
          Ask to type
        </button>
      )}
      {here && !isMine(desk) && desk.draft.value?.purpose === "own" && (
        <button class="button" type="button" onClick={run(() => search({ panel: "adopt" }, "push"))}>
          Adopt this draft
        </button>
      )}
    </div>
  );
}

/** See what they see, until I do something myself. */
export function follow(desk: Desk, entry: PresenceEntry): void {
  desk.following.value = desk.following.value === entry.sid ? null : entry.sid;
}

/** A frame's label while somebody is followed. */
export function Following({ desk }: { desk: Desk }) {
  const entry = desk.here.value.find((one) => one.sid === desk.following.value);
  useEffect(() => {
    if (entry === undefined) return;
    const end = (event: KeyboardEvent): void => {
      if (event.key === "Escape") desk.following.value = null;
    };
    document.addEventListener("keydown", end);
    return () => document.removeEventListener("keydown", end);
  }, [entry?.sid]);
  if (entry === undefined) return null;
  return (
    <div class="following person" style={colourOf(entry.actor.user)} role="status">
      You follow {shortName(entry.actor)}.{" "}
      <button class="text-button" type="button" onClick={() => (desk.following.value = null)}>
        Stop (Esc)
      </button>
    </div>
  );
}

/** Who only looks can ask; the owner hears of it at once. */
export async function askToType(desk: Desk): Promise<void> {
  const draft = desk.draft.value;
  if (draft === null) return;
  await attempt(async () => {
    await api.sharing.ask(draft.id, { may: "type" });
    toast({ text: `${draft.owner?.name ?? "The owner"} is asked.` });
  });
}
