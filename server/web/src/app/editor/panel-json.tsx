/** The document as JSON, to be looked at, copied and changed. */

import { useState } from "preact/hooks";
import { diff, Doc, merge, Problem, same } from "draftwire";
import type { Json, JsonObject } from "draftwire";
import { Choose } from "./choose.js";
import type { Desk } from "./desk.js";
import { hunksIn, settled } from "./settle.js";
import { copy } from "./toasts.js";

export function JsonPanel({ desk }: { desk: Desk }) {
  void [desk.touched.value, desk.structure.value];
  const [text, setText] = useState<string | null>(null);
  const [began, setBegan] = useState<Doc | null>(null); // how it read when the typing began
  const [mine, setMine] = useState<Doc | null>(null); // what was typed, where others changed the same meanwhile
  const [wrong, setWrong] = useState("");
  const { doc } = desk;
  if (doc === null) return null;
  const now = JSON.stringify(doc.value, null, 2);
  const done = (): void => {
    setText(null);
    setMine(null);
    setWrong("");
  };
  if (text === null || began === null) {
    const begin = (): void => {
      setBegan(doc);
      setText(now);
    };
    return (
      <>
        <div class="row">
          <button class="button" type="button" onClick={() => copy(now)}>
            Copy
          </button>
          {desk.typable && (
            <button class="button" type="button" onClick={begin}>
              Change as JSON
            </button>
          )}
        </div>
        <pre class="json-view" tabIndex={0} aria-label="The document">
          {now}
        </pre>
      </>
    );
  }
  const put = (value: JsonObject): void => {
    const ops = diff(doc, value);
    if (ops.length === 0 || desk.editWithUndo(ops, "The document is changed.")) done();
    else setWrong("It can’t be taken as things are. Your text is kept here.");
  };
  const take = (): void => {
    try {
      const typed = Doc.load(JSON.parse(text) as Json, doc.shape);
      const merged = merge(began, typed, doc);
      if (merged.conflicts.length > 0) setMine(typed);
      else put(settled(merged, {}, typed, doc).value);
    } catch (error) {
      setWrong(error instanceof Problem ? `This can’t be taken: ${error.code.replaceAll("_", " ")}.` : "This is no JSON yet.");
    }
  };
  if (mine !== null) {
    const merged = merge(began, mine, doc);
    return (
      <>
        <p>Meanwhile the same was changed in the draft.</p>
        <Choose hunks={hunksIn(merged)} mine="Mine" theirs="The draft" label="Take it" take={(choices) => put(settled(merged, choices, mine, doc).value)} />
        <p class="field-bad" role="alert">
          {wrong}
        </p>
        <button class="button" type="button" onClick={() => setMine(null)}>
          Back to my text
        </button>
      </>
    );
  }
  return (
    <form
      class="stacked"
      onSubmit={(event) => {
        event.preventDefault();
        take();
      }}
    >
      <textarea class="json json-edit" aria-label="The document as JSON" spellcheck={false} value={text} aria-invalid={wrong !== ""} onInput={(event) => setText(event.currentTarget.value)} />
      <p class="field-bad" role="alert">
        {wrong}
      </p>
      {!same(began.value, doc.value) && (
        <p class="field-help" role="status">
          The draft has changed meanwhile. What you take is merged with that.
        </p>
      )}
      <div class="row">
        <button class="button" data-primary type="submit">
          Take it
        </button>
        <button class="button" type="button" onClick={done}>
          Cancel
        </button>
      </div>
    </form>
  );
}
