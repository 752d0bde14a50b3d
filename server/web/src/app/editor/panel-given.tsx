/** What came back of a page that was closed, place by place: how it reads with it. */

import { compareText } from "draftwire";
import type { Comparison, ParkedText } from "draftwire";
import { forgetGiven, given, whereSaid } from "../given.js";
import type { GivenBack } from "../given.js";
import { closePanel, search } from "../route.js";
import type { Desk } from "./desk.js";
import { Diff, written } from "./diff.js";
import { copy } from "./toasts.js";

export function GivenPanel({ desk }: { desk: Desk }) {
  const those = given.value.filter(({ item }) => item === desk.item);
  if (those.length === 0) return <p class="quiet">Nothing has come back that you have not put away.</p>;
  const fine = (): void => {
    for (const one of those) if (one.outcome === "kept") void desk.client.forgetUnsent(one.key);
    forgetGiven(those);
    closePanel();
  };
  return (
    <>
      {those.map((one) => (
        <section key={one.key} class="given-back">
          <p>{whereSaid(one.outcome)}</p>
          {one.texts.map((text) => (
            <Given key={text.at} desk={desk} one={one} text={text} />
          ))}
        </section>
      ))}
      <div class="row">
        <button class="button" data-primary type="button" onClick={fine}>
          {those.some(({ outcome }) => outcome === "kept") ? "Drop what is kept here" : "Fine"}
        </button>
        {those.some(({ outcome }) => outcome === "stashed") && (
          <button class="button" type="button" onClick={() => search({ panel: "stash" }, "push")}>
            Open the stash
          </button>
        )}
      </div>
    </>
  );
}

function Given({ desk, one, text }: { desk: Desk; one: GivenBack; text: ParkedText }) {
  const comparison = compared(text);
  return (
    <>
      {comparison === null ? <pre class="given-value">{written(text.mine)}</pre> : <Diff comparison={comparison} {...(one.outcome === "saved" ? { open: (at: string, line: number | null) => search({ at, line: line === null ? null : String(line) }) } : {})} />}
      <button class="text-button" type="button" aria-label={`Copy the text of ${text.at || desk.item}`} onClick={() => copy(written(text.mine))}>
        Copy the whole text
      </button>
    </>
  );
}

/** With what came back against without; null where it is no text, or stands alone. */
function compared({ at, mine, base }: ParkedText): Comparison | null {
  if (typeof mine !== "string" || typeof base !== "string") return null;
  const { hunks, coarse } = compareText(base, mine);
  const count = (kind: "added" | "removed"): number => hunks.flatMap(({ lines }) => lines).filter((line) => line.kind === kind).length;
  return { changes: [{ at, label: at, change: "text_changed", removed_lines: count("removed"), added_lines: count("added"), hunks, coarse }] };
}
