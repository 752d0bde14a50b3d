/** What is deployed, beside the draft: the same part of it, only to be looked at; where the draft differs is marked. */

import { useEffect, useMemo, useState } from "preact/hooks";
import { compareText, Doc } from "draftwire";
import type { Json, Span } from "draftwire";
import { api } from "../api.js";
import { search } from "../route.js";
import { shapeOf } from "./desk.js";
import type { Desk } from "./desk.js";
import { attempt } from "./toasts.js";
import { counted } from "../words.js";

export default function Beside({ desk }: { desk: Desk }) {
  const [doc, setDoc] = useState<Doc | null>(null);
  const head = desk.head;
  useEffect(() => {
    void attempt(async () => {
      const version = await api.versions.get(desk.item, head);
      setDoc(Doc.load((version.value ?? {}) as Json, shapeOf(desk.kind.value)));
    });
  }, [desk, head]);
  const leaf = desk.leaf.value;
  const value = doc === null ? undefined : leaf === null ? doc.value : (doc.get(leaf) as Json | undefined);
  void [desk.touched.value, desk.structure.value];
  const text = typeof value === "string" ? value : JSON.stringify(value ?? null, null, 2);
  const mine = leaf === null ? desk.doc?.value : (desk.doc?.get(leaf) as Json | undefined);
  const other = typeof mine === "string" ? mine : JSON.stringify(mine ?? null, null, 2);
  const marks = useMemo(() => marksOf(text, other), [text, other]);
  const lines = text.split("\n");
  return (
    <aside class="panel beside" aria-label={`Version ${head}, as it is deployed`}>
      <div class="panel-head">
        <h2>Version {head}</h2>
        <span class="live">live</span>
        <span class="code-bar-space" />
        <button class="icon-button" type="button" aria-label="Close" onClick={() => search({ beside: null })}>
          ×
        </button>
      </div>
      <div class="panel-body beside-body" tabIndex={0} role="group" aria-label="Its text">
        {doc === null ? (
          <p class="quiet">Loading…</p>
        ) : value === undefined ? (
          <p class="quiet">This part is not in version {head}.</p>
        ) : (
          <ol class="beside-lines">
            {lines.map((line, i) => {
              const mark = marks.get(i + 1);
              return (
                <li key={i} data-differs={mark?.words === undefined ? undefined : ""} data-more={mark?.more ? counted(mark.more, "line") : undefined}>
                  <code>{marked(line, mark?.words ?? [])}</code>
                  {mark?.words !== undefined && <span class="sr-only"> (differs in the draft)</span>}
                  {mark?.more ? <span class="sr-only"> ({counted(mark.more, "line")} more in the draft before this)</span> : null}
                </li>
              );
            })}
          </ol>
        )}
      </div>
    </aside>
  );
}

/** What of a line differs in the draft, and how many lines the draft has before it. */
interface Mark {
  words?: readonly Span[];
  more?: number;
}

function marksOf(deployed: string, draft: string): Map<number, Mark> {
  const marks = new Map<number, Mark>();
  for (const hunk of compareText(deployed, draft, 0).hunks) {
    for (const line of hunk.lines) {
      if (line.kind === "removed" && line.old !== undefined) marks.set(line.old, { words: line.words ?? [[0, line.text.length]] });
    }
    const more = hunk.new_lines - hunk.old_lines;
    const next = hunk.old_from + hunk.old_lines;
    if (more > 0) marks.set(next, { ...marks.get(next), more });
  }
  return marks;
}

function marked(line: string, words: readonly Span[]) {
  const pieces: preact.ComponentChild[] = [];
  let at = 0;
  for (const [from, to] of words) {
    pieces.push(line.slice(at, from), <mark>{line.slice(from, to)}</mark>);
    at = to;
  }
  return [...pieces, line.slice(at)];
}
