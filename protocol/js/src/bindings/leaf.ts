/**
 * One text leaf of a draft as an editor shows it: what the bindings have in common. Needs no DOM.
 *
 * An editor that follows a leaf gets splices that lead from what it shows to what the draft says; it never gets its own
 * edits back. Whatever went past it (a refused edit, a change of structure), the next change brings it to the draft.
 */

import type { DraftEvent, DraftHandle } from "../sdk/draft.js";
import type { Problem } from "../errors.js";
import type { ActorInfo, PresenceEntry } from "../wire/messages.js";
import { applySplices, differenceOf, splitsPair } from "../text/text.js";
import type { Splices } from "../text/text.js";
import { lf } from "../text/lines.js";
import { diffText } from "../text/textdiff.js";

/** What a binding needs of a draft. A `DraftHandle` has it; so may a copy that is kept elsewhere, as with autosave off. */
export type TextSource = Pick<DraftHandle, "get" | "text" | "edit" | "undo" | "redo" | "seal" | "on" | "focus" | "carets" | "may" | "status"> & Partial<Pick<DraftHandle, "present">>;

export type ChangeCause = Extract<DraftEvent, { type: "change" }>["cause"];

export interface LeafView {
  /** What the editor shows now. */
  text(): string;
  /** Show a change: canonical splices in coordinates of what is shown. */
  change(splices: Splices, cause: ChangeCause): void;
  /** The leaf is no text any more (why), or is one again (null): told when that changes, before `change`. */
  gone(why: LeafGone["code"] | null, own: boolean): void;
}

/** A leaf that an editor is bound to is no text any more: the editor is read-only until it is one again. */
export interface LeafGone {
  readonly at: string;
  /** Something else than a text stands there now, or nothing. */
  readonly code: "not_text" | "no_such_place";
  /** It was done on this page, by another view. */
  readonly own: boolean;
  /** What the editor shows: the last text, with what was typed and can't be taken any more. It is in nobody else's hands. */
  readonly text: string;
}

/** What a binding says of it, if the application does not. */
export const LEAF_SENTENCES: Readonly<Record<LeafGone["code"], string>> = {
  not_text: "This is no text any more: somebody has put something else in its place. What is shown here can still be copied.",
  no_such_place: "This was removed. What is shown here can still be copied.",
};

/** Why nothing can be typed at an address; null while a text stands there. */
export function leafGone(draft: Pick<TextSource, "get">, at: string): LeafGone["code"] | null {
  const said = draft.get(at);
  if (typeof said === "string") return null;
  return said === undefined ? "no_such_place" : "not_text";
}

/** What all bindings take. */
export interface LeafOptions {
  /** An edit was not taken: `too_large`, `read_only`. The editor shows what the draft says again. */
  refused?: (problem: Problem) => void;
  /** The leaf is no text any more, or is one again (null); told once more if what was being composed then can't be taken. */
  gone?: (gone: LeafGone | null) => void;
  /** Other words for it than `LEAF_SENTENCES`. */
  goneSentences?: Partial<Record<LeafGone["code"], string>>;
}

/** Bring every change of a leaf to `view`, but those that `edit` made with `origin`. The answer ends it. */
export function followText(draft: TextSource, at: string, origin: unknown, view: LeafView): () => void {
  let gone: LeafGone["code"] | null = null;
  return draft.on((event) => {
    if (event.type !== "change" || (event.own && event.origin === origin)) return;
    const mine = event.text.find((change) => change.at === at)?.s;
    if (mine === undefined && !event.structural) return;
    const was = gone;
    gone = leafGone(draft, at);
    if (gone !== was) view.gone(gone, event.own);
    const said = draft.get(at);
    if (typeof said !== "string") return;
    const shown = view.text();
    const leads = mine !== undefined && applySplices(shown, mine).text === said;
    const splices = leads ? mine : diffText(shown, said);
    if (splices.length > 0) view.change(splices, event.cause);
  });
}

/** Whether the person may type in it now. Unsent text can be typed on without a connection. */
export function mayType(draft: Pick<TextSource, "may" | "status">): boolean {
  return draft.may === "type" && !["signed_out", "gone"].includes(draft.status);
}

/** A caret or selection of somebody else in a leaf. */
export interface RemoteCaret {
  readonly sid: string;
  readonly anchor: number;
  readonly head: number;
  readonly name: string;
  readonly agent: boolean;
  /** Of the person's colour, the same everywhere. */
  readonly hue: number;
  readonly entry: PresenceEntry;
}

/** Who is where in a leaf; who has been idle for long is left out. */
export function remoteCarets(draft: TextSource, at: string, nameOf: (actor: ActorInfo) => string = shownName): RemoteCaret[] {
  return draft.carets
    .filter((caret) => caret.at === at && caret.entry.state !== "idle")
    .map(({ sid, anchor, head, entry }) => {
      const { actor } = entry;
      return { sid, anchor, head, name: nameOf(actor), agent: actor.kind === "agent", hue: hueOf(actor.user), entry };
    });
}

/** What a caret is labelled with: an AI session says for whom it works. */
export function shownName({ kind, name, on_behalf_of }: ActorInfo): string {
  if (kind !== "agent") return name;
  return on_behalf_of ? `✦ AI for ${on_behalf_of}` : `✦ ${name}`;
}

/** All hues that a user can have. */
export const HUES: readonly number[] = Array.from({ length: 24 }, (_, i) => i * 15);

/** The hue of a user, one of `HUES`: it comes from the user's id, so that it is the same everywhere. */
export function hueOf(user: string): number {
  let hash = 0x811c9dc5; // FNV-1a
  for (let i = 0; i < user.length; i++) hash = Math.imul(hash ^ user.charCodeAt(i), 0x01000193) >>> 0;
  return HUES[hash % HUES.length] as number;
}

/**
 * The splice that a person has made of `before`, whose caret stands at `caret` after it: of equal characters in a row it
 * names the one at the caret, which `differenceOf` can't know.
 */
export function typedAt(before: string, after: string, caret: number): Splices {
  const tail = after.length - caret;
  const end = before.length - tail;
  if (end < 0 || before.slice(end) !== after.slice(caret)) return differenceOf(before, after);
  let start = 0;
  const most = Math.min(end, caret);
  while (start < most && before.charCodeAt(start) === after.charCodeAt(start)) start++;
  if (splitsPair(before, start) || splitsPair(after, start)) start--;
  if (splitsPair(before, end) || splitsPair(after, caret)) return differenceOf(before, after);
  return start === end && start === caret ? [] : [[start, end - start, after.slice(start, caret)]];
}

/** A text as ops take it: line ends are LF, and there is neither U+0000 nor half of a pair. */
export function cleanText(text: string): string {
  return lf(text).replaceAll("\0", "").replace(/\p{Surrogate}/gu, "\uFFFD");
}
