/** What is deployed, beside the draft: the same part of it, only to be looked at. */

import { useEffect, useState } from "preact/hooks";
import { Doc } from "draftwire";
import type { Json } from "draftwire";
import { ask } from "../http.js";
import { search } from "../route.js";
import { shapeOf } from "./desk.js";
import type { Desk } from "./desk.js";
import { attempt } from "./toasts.js";
import type { Version } from "./types.js";

export default function Beside({ desk }: { desk: Desk }) {
  const [doc, setDoc] = useState<Doc | null>(null);
  const head = desk.head;
  useEffect(() => {
    void attempt(async () => {
      const version = await ask<Version>(["items", desk.item, "versions", head]);
      setDoc(Doc.load((version.value ?? {}) as Json, shapeOf(desk.kind.value)));
    });
  }, [desk, head]);
  const leaf = desk.leaf.value;
  const value = doc === null ? undefined : leaf === null ? doc.value : (doc.get(leaf) as Json | undefined);
  const lines = typeof value === "string" ? value.split("\n") : JSON.stringify(value ?? null, null, 2).split("\n");
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
            {lines.map((line, i) => (
              <li key={i}>
                <code>{line}</code>
              </li>
            ))}
          </ol>
        )}
      </div>
    </aside>
  );
}
