/** What can't go together: both sides and what they came from, and a choice for each; nothing is chosen for anybody. */

import { useState } from "preact/hooks";
import type { Json } from "draftwire";
import { written } from "./diff.js";
import type { Choice, Hunk } from "./types.js";

export function Choose({ hunks, mine, theirs, take, label }: { hunks: readonly Hunk[]; mine: string; theirs: string; take: (choices: Record<string, Choice>) => void; label: string }) {
  const [choices, setChoices] = useState<Record<string, Choice>>({});
  const open = hunks.filter((hunk) => choices[hunk.id] === undefined).length;
  const all = (side: "mine" | "theirs") => () => setChoices(Object.fromEntries(hunks.map((hunk) => [hunk.id, side])));
  return (
    <form
      class="choose"
      onSubmit={(event) => {
        event.preventDefault();
        if (open === 0) take(choices);
      }}
    >
      {hunks.length > 1 && (
        <div class="row">
          <button class="button" type="button" onClick={all("mine")}>
            {mine} everywhere
          </button>
          <button class="button" type="button" onClick={all("theirs")}>
            {theirs} everywhere
          </button>
        </div>
      )}
      {hunks.map((hunk) => (
        <OneHunk key={hunk.id} hunk={hunk} mine={mine} theirs={theirs} choice={choices[hunk.id]} choose={(choice) => setChoices({ ...choices, [hunk.id]: choice })} />
      ))}
      <button class="button" data-primary type="submit" disabled={open > 0}>
        {open > 0 ? `${open} to choose` : label}
      </button>
    </form>
  );
}

function OneHunk({ hunk, mine, theirs, choice, choose }: { hunk: Hunk; mine: string; theirs: string; choice: Choice | undefined; choose: (choice: Choice) => void }) {
  const own = typeof choice === "object";
  const both = [hunk.mine, hunk.theirs].map((one) => (typeof one === "string" ? one : "")).join("");
  const side = (name: "mine" | "theirs", title: string, value: Json) => (
    <label class="side" data-chosen={choice === name ? "" : undefined}>
      <span class="side-head">
        <input type="radio" name={hunk.id} checked={choice === name} onChange={() => choose(name)} /> {title}
      </span>
      <pre>{written(value)}</pre>
    </label>
  );
  return (
    <fieldset class="choice">
      <legend>{hunk.address || "The document"}</legend>
      <div class="sides">
        {side("mine", mine, hunk.mine)}
        {side("theirs", theirs, hunk.theirs)}
      </div>
      <details>
        <summary>Before both</summary>
        <pre>{written(hunk.base)}</pre>
      </details>
      {hunk.kind === "text" && (
        <label class="side" data-chosen={own ? "" : undefined}>
          <span class="side-head">
            <input type="radio" name={hunk.id} checked={own} onChange={() => choose({ value: both })} /> Write it together
          </span>
          {own && <textarea class="json" rows={6} spellcheck={false} aria-label="What shall stand there" value={String(choice.value)} onInput={(event) => choose({ value: event.currentTarget.value })} />}
        </label>
      )}
    </fieldset>
  );
}
