/** One text leaf as code: the editor, who is in it, who is out of sight, and who wrote what. */

import { useEffect, useRef, useState } from "preact/hooks";
import type { RefObject } from "preact";
import { useSignalEffect } from "@preact/signals";
import { hueOf } from "draftwire";
import type { PresenceEntry, rest } from "draftwire";
import { draftwire, readOnly } from "draftwire/codemirror";
import type { OutOfSight } from "draftwire/codemirror";
import { languageTitle } from "../../code/languages.js";
import { suggested } from "../../code/suggested.js";
import type { ShownSuggestion } from "../../code/suggested.js";
import { CodeView } from "../../code/view.js";
import type { Blamed } from "../../code/view.js";
import { api } from "../api.js";
import { stop } from "../run-acts.js";
import { caretName, colourOf, nameOf, shortName } from "../person.js";
import { openHunks } from "../suggestions.js";
import { tell } from "./banners.js";
import type { Desk } from "./desk.js";
import { decider } from "./panel-suggestions.js";
import { attempt } from "./toasts.js";
import { ago } from "../words.js";

interface Given {
  desk: Desk;
  at: string;
  label: string;
  language: string;
  line: number | null;
  /** The whole page is for it; else it is one of several texts, as high as it is long. */
  full?: boolean;
}

export function Code({ full = true, ...given }: Given) {
  const { desk, at, label, language } = given;
  const [away, setAway] = useState<readonly OutOfSight[]>([]);
  const [blamed, setBlamed] = useState(false);
  const { host, view } = useEditor({ ...given, full }, setAway);
  useFollowed(view, desk, at, full);
  useBlame(view, desk, at, blamed);
  useMarks(view, desk, at);
  const followed = desk.here.value.find((entry) => entry.sid === desk.following.value);
  return (
    <div class={`code${full ? " code-full" : ""}`} data-followed={followed === undefined ? undefined : ""} style={followed === undefined ? {} : colourOf(followed.actor.user)}>
      <div class="code-bar">
        <span class="code-name">{label}</span>
        <span class="quiet small">{languageTitle(language)}</span>
        <span class="code-bar-space" />
        <Writing desk={desk} at={at} />
        {desk.typable && (
          <>
            <button class="icon-button" type="button" aria-label="Undo my last edit" title="Undo my last edit" onClick={() => desk.turn("undo")}>
              ↶
            </button>
            <button class="icon-button" type="button" aria-label="Redo" title="Redo" onClick={() => desk.turn("redo")}>
              ↷
            </button>
          </>
        )}
        <button class="text-button" type="button" aria-pressed={blamed} onClick={() => setBlamed(!blamed)}>
          Blame
        </button>
      </div>
      <div class="code-host" ref={host} data-at={at} />
      <Edge where="above" all={away} reveal={(head) => view.current?.reveal(head)} />
      <Edge where="below" all={away} reveal={(head) => view.current?.reveal(head)} />
    </div>
  );
}

type View = RefObject<CodeView | null>;

/** The editor in its place: made anew for another text, told of its language and of the line to show. */
function useEditor({ desk, at, label, language, line, full }: Required<Given>, setAway: (those: readonly OutOfSight[]) => void): { host: RefObject<HTMLDivElement | null>; view: View } {
  const host = useRef<HTMLDivElement>(null);
  const view = useRef<CodeView>(null);
  const shown = desk.view.value;
  const { source } = desk;
  const version = shown.kind === "draft" ? null : shown; // another past state is another text
  useEffect(() => {
    const element = host.current;
    const text = desk.doc?.get(at);
    if (element === null || typeof text !== "string") return;
    const bound = source === null ? readOnly : draftwire(source, at, { nameOf: caretName, refused: (problem) => desk.refused(problem), gone: (gone) => desk.leafGone(gone), outOfSight: setAway });
    const code = new CodeView(element, label, text, full ? "full" : "inline", bound, {
      focused: (has) => {
        if (has) desk.leaf.value = at;
      },
    });
    const end = full ? keepPlace(element, code) : null;
    view.current = code;
    desk.leaf.value = at;
    void code.speak(language);
    if (line !== null) requestAnimationFrame(() => code.revealLine(line));
    return () => {
      end?.();
      code.destroy();
      view.current = null;
      setAway([]);
    };
  }, [source, version, at]);
  useEffect(() => void view.current?.speak(language), [language]);
  useEffect(() => {
    if (line !== null) view.current?.revealLine(line);
  }, [line]);
  return { host, view };
}

/**
 * A notice that comes or goes above moves the editor: its text stays where it was on the screen, until the answer is
 * called. At the top, where nobody has begun to read or type, it begins with its first line instead.
 */
function keepPlace(element: HTMLElement, code: CodeView): () => void {
  let { top } = element.getBoundingClientRect();
  const moves = new ResizeObserver(() => {
    const now = element.getBoundingClientRect().top;
    const begun = code.view.hasFocus || code.view.scrollDOM.scrollTop > 0;
    if (begun && now !== top) code.view.scrollDOM.scrollTop += now - top;
    top = now;
  });
  moves.observe(element);
  return () => moves.disconnect();
}

/** See what who is followed sees: their lines, or else where their caret is. */
function useFollowed(view: View, desk: Desk, at: string, full: boolean): void {
  useSignalEffect(() => {
    const { value: sid } = desk.following;
    const sees = desk.here.value.find((entry) => entry.sid === sid && entry.at === at && entry.actor.kind === "user")?.lines;
    const followed = desk.carets.value.find((caret) => caret.at === at && caret.sid === sid);
    if (sees != null && full) view.current?.alignTo(sees[0]);
    else if (followed !== undefined) view.current?.reveal(followed.head);
  });
}

/** Who wrote which lines of what is shown. */
function useBlame(view: View, desk: Desk, at: string, wanted: boolean): void {
  const shown = desk.view.value;
  useEffect(() => {
    const code = view.current;
    const draft = desk.draft.value;
    if (!wanted || code === null || draft === null) {
      code?.blame(null);
      return;
    }
    void attempt(async () => {
      const blame =
        shown.kind === "version"
          ? await api.history.versionBlame(desk.item, shown.version.number, { address: at })
          : await api.history.blame(draft.id, { at: shown.kind === "state" ? shown.etag : null, address: at, item: desk.item });
      code.blame(blamedLines(blame, at));
    });
  }, [wanted, at, shown]);
}

/** Said once for lines that would say the same. */
function blamedLines({ origins, texts }: rest.DraftBlame, at: string): Blamed[] {
  const all: Blamed[] = [];
  for (const { first, last, origin } of texts.find((text) => text.at === at)?.lines ?? []) {
    const from = origins[origin];
    if (from === undefined) continue;
    const { approved_by } = from;
    const who = nameOf(from.actor) + (approved_by == null ? "" : `, approved by ${nameOf(approved_by)}`);
    const name = shortName(from.actor) + (approved_by == null ? "" : `, ✓ ${shortName(approved_by)}`);
    const next = { first, last, name, who, when: ago(from.at), hue: hueOf(from.actor.user) };
    const before = all.at(-1);
    if (before !== undefined && before.last + 1 === first && before.who === who && before.when === next.when) all[all.length - 1] = { ...before, last };
    else all.push(next);
  }
  return all;
}

/** Open alerts and suggestions, where they are in the text of the draft. */
function useMarks(view: View, desk: Desk, at: string): void {
  const shown = desk.view.value;
  const { source } = desk;
  const alerts = desk.alerts.value;
  useEffect(() => {
    if (shown.kind !== "draft" || desk.local.value !== null) return;
    const here = alerts.filter((alert) => alert.address === at && alert.line_from != null);
    view.current?.met(here.map((alert) => ({ id: alert.id, from: alert.start ?? 0, to: alert.end ?? 0, title: `${tell(desk, alert).title}. It waits for a choice.` })));
  }, [alerts, at, source, shown]);
  const suggesting = desk.suggestions.value?.all.value ?? [];
  useEffect(() => {
    if (shown.kind !== "draft") return;
    view.current?.also(suggested(suggesting.flatMap((one) => shownIn(desk, one, at))));
  }, [suggesting, at, source, shown]);
}

/** That an AI session writes here, and how it is stopped. */
function Writing({ desk, at }: { desk: Desk; at: string }) {
  const writing = desk.here.value.find((entry) => writes(entry, at, desk.draft.value?.id));
  if (writing === undefined) return null;
  return (
    <>
      <span class="ai-writes person" style={colourOf(writing.actor.user)}>
        ✦ AI<span class="narrow-hidden"> is writing here</span>
        <span class="sr-only">: {nameOf(writing.actor)}</span>
      </span>
      {writing.run && desk.typable && (
        <button class="text-button" type="button" aria-label={`Stop ${nameOf(writing.actor)}`} onClick={() => void attempt(() => stop({ id: writing.run ?? "", label: writing.label ?? null }))}>
          Stop
        </button>
      )}
    </>
  );
}

/** The open suggestions for a text that apply, as the text shows them. */
function shownIn(desk: Desk, one: rest.Suggestion, at: string): ShownSuggestion[] {
  const act = decider(desk, one);
  return openHunks(one).flatMap(({ id, at: where, kind, applies, start, end, old, new: coming }) => {
    if (where !== at || kind !== "text" || !applies || start == null || end == null) return [];
    const on = (what: "accept" | "reject") => (one.may_accept ? () => act(what, { hunks: [id] }) : null);
    return [
      {
        id,
        who: one.actor == null ? "AI" : shortName(one.actor),
        hue: hueOf(one.actor?.user ?? ""),
        start,
        end,
        old: typeof old === "string" ? old : "",
        new: typeof coming === "string" ? coming : "",
        accept: on("accept"),
        reject: on("reject"),
      },
    ];
  });
}

/** Those who are out of sight, at the edge beyond which they are. */
function Edge({ where, all, reveal }: { where: "above" | "below"; all: readonly OutOfSight[]; reveal: (head: number) => void }) {
  const those = all.filter((one) => one.where === where);
  if (those.length === 0) return null;
  return (
    <div class={`edge edge-${where}`}>
      {those.map(({ caret, line }) => (
        <button key={caret.sid} type="button" class="edge-mark person" style={{ "--hue": String(caret.hue) }} onClick={() => reveal(caret.head)} aria-label={`Show ${caret.name}, ${where}, line ${line}`}>
          {where === "above" ? "↑" : "↓"} {caret.name} <span>{line}</span>
        </button>
      ))}
    </div>
  );
}

/** Whether an AI session writes in this leaf, now. */
function writes(entry: PresenceEntry, at: string, draft: string | undefined): boolean {
  return entry.actor.kind === "agent" && entry.draft === draft && entry.at === at && entry.state === "editing";
}
