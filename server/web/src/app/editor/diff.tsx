/** The difference of two values as people read it: words within lines, moves as moves, each part to be put back by itself. */

import { useState } from "preact/hooks";
import type { Json, rest } from "draftwire";

const LONG = 4_000; // characters of a script that is folded at first
const MUCH = 400; // lines of a text that is shown at once

type Change = rest.Comparison["changes"][number];

export function Diff({ comparison, parts = [], putBack, open }: { comparison: rest.Comparison; parts?: readonly rest.DiffPart[]; putBack?: (id: string) => void; open?: (at: string, line: number | null) => void }) {
  if (comparison.changes.length === 0) return <p class="quiet">Nothing differs.</p>;
  const partOf = (change: number, hunk?: number): rest.DiffPart | undefined => parts.find((part) => part.change === change && (part.hunk ?? undefined) === hunk);
  const back = (change: number, hunk?: number) => {
    const part = partOf(change, hunk);
    if (part === undefined || putBack === undefined) return null;
    return (
      <button class="text-button" type="button" onClick={() => putBack(part.id)}>
        Put back
      </button>
    );
  };
  return (
    <ol class="diff">
      {comparison.changes.map((change, i) => (
        <li key={`${change.at} ${change.change}`} class="diff-change" data-change={change.change}>
          <OneChange change={change} back={(hunk) => back(i, hunk)} {...(open === undefined ? {} : { open })} />
        </li>
      ))}
    </ol>
  );
}

function OneChange({ change, back, open }: { change: Change; back: (hunk?: number) => preact.ComponentChild; open?: (at: string, line: number | null) => void }) {
  const code = change.change === "text_changed" || (change.change.endsWith("added") && "new" in change && typeof change.new === "object");
  const [shown, setShown] = useState(true);
  return (
    <>
      <div class="diff-head">
        {code && (
          <button class="icon-button" type="button" aria-expanded={shown} aria-label={`${shown ? "Fold" : "Unfold"} ${change.label || change.at}`} onClick={() => setShown(!shown)}>
            {shown ? "▾" : "▸"}
          </button>
        )}
        <strong>{change.label || change.at || "The document"}</strong>
        <span class="quiet small">{said(change)}</span>
        <span class="code-bar-space" />
        {open !== undefined && !change.change.endsWith("removed") && (
          <button class="text-button" type="button" onClick={() => open(change.at, change.change === "text_changed" ? (change.hunks[0]?.new_from ?? null) : null)}>
            Go there
          </button>
        )}
        {change.change !== "text_changed" && back()}
      </div>
      {shown && body(change, back)}
    </>
  );
}

function body(change: Change, back: (hunk?: number) => preact.ComponentChild) {
  switch (change.change) {
    case "text_changed":
      return (
        <>
          {change.coarse && <p class="quiet small">Too large to be compared line by line.</p>}
          {change.hunks.map((hunk, i) => (
            <Hunk key={`${hunk.old_from} ${hunk.new_from}`} hunk={hunk} back={back(i)} />
          ))}
        </>
      );
    case "member_changed":
      return <Values old={change.old} now={change.new} />;
    case "member_added":
    case "element_added":
      return <Values now={change.new} />;
    case "member_removed":
    case "element_removed":
      return <Values old={change.old} />;
    case "element_moved":
      return null;
  }
}

function Hunk({ hunk, back }: { hunk: rest.TextHunk; back: preact.ComponentChild }) {
  return (
    <figure class="hunk">
      <figcaption>
        <span class="quiet small">
          {hunk.new_lines > 1 ? `lines ${hunk.new_from}–${hunk.new_from + hunk.new_lines - 1}` : `line ${hunk.new_from}`}
        </span>
        {back}
      </figcaption>
      <div class="hunk-lines" tabIndex={0} role="group" aria-label={`Changed lines from ${hunk.new_from}`}>
        {hunk.lines.slice(0, MUCH).map((line, i) => (
          <Line key={i} line={line} />
        ))}
        {hunk.lines.length > MUCH && <p class="quiet small">{(hunk.lines.length - MUCH).toLocaleString()} more lines</p>}
      </div>
    </figure>
  );
}

function Line({ line }: { line: rest.TextLine }) {
  const sign = { same: " ", removed: "−", added: "+" }[line.kind];
  const pieces: preact.ComponentChild[] = [];
  let at = 0;
  for (const [from, to] of line.words ?? []) {
    pieces.push(line.text.slice(at, from), <mark>{line.text.slice(from, to)}</mark>);
    at = to;
  }
  pieces.push(line.text.slice(at));
  return (
    <div class="diff-line" data-kind={line.kind}>
      <span class="diff-number" aria-hidden="true">
        {line.old ?? ""}
      </span>
      <span class="diff-number" aria-hidden="true">
        {line.new ?? ""}
      </span>
      <span class="diff-sign">
        {sign}
        {line.kind !== "same" && <span class="sr-only"> {line.kind}: </span>}
      </span>
      <code>{pieces}</code>
    </div>
  );
}

function Values({ old, now }: { old?: Json; now?: Json }) {
  return (
    <div class="diff-values">
      {old !== undefined && <Value value={old} kind="removed" title="Before: " />}
      {now !== undefined && <Value value={now} kind="added" title="After: " />}
    </div>
  );
}

/** A value; the scripts in it stand below it as text, each with a toggle. */
function Value({ value, kind, title }: { value: Json; kind: "added" | "removed"; title: string }) {
  const scripts: { name: string; text: string }[] = [];
  const rest = typeof value === "string" ? value : without(value, "", scripts);
  return (
    <>
      <pre data-kind={kind}>
        <span class="sr-only">{title}</span>
        {written(rest)}
      </pre>
      {scripts.map(({ name, text }) => (
        <details key={name} class="diff-script" open={text.length < LONG}>
          <summary>
            <code>{name}</code> <span class="quiet small">{text.split("\n").length} lines</span>
          </summary>
          <pre data-kind={kind}>{text}</pre>
        </details>
      ))}
    </>
  );
}

/** The value without its scripts (texts of several lines), which are added to `scripts`. */
function without(value: Json, name: string, scripts: { name: string; text: string }[]): Json {
  if (typeof value === "string" && value.trim().includes("\n")) {
    scripts.push({ name, text: value });
    return "… (below)";
  }
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map((one: Json, i) => without(one, `${name}/${i}`, scripts));
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, without(one as Json, name === "" ? key : `${name}/${key}`, scripts)]));
}

/** A value as people read it: texts as they are, a marker by what it stands for. */
export function written(value: Json | undefined): string {
  if (value === undefined || value === null) return "nothing";
  if (typeof value === "string") return value === "" ? "(empty)" : value;
  if (typeof value === "object" && "$secret" in value) return "a secret, never shown";
  return JSON.stringify(value, null, 2);
}

function said(change: Change): string {
  switch (change.change) {
    case "text_changed":
      return `+${change.added_lines} −${change.removed_lines}`;
    case "element_moved":
      return change.was.array === change.to.array ? `moved from place ${change.was.position + 1} to ${change.to.position + 1}` : "moved into another list";
    case "element_added":
    case "member_added":
      return "new";
    case "element_removed":
    case "member_removed":
      return "removed";
    case "member_changed":
      return "changed";
  }
}
