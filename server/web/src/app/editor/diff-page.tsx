/** The difference of any two states of an item, at an address of its own. */

import { useEffect, useState } from "preact/hooks";
import type { rest } from "draftwire";
import { api } from "../api.js";
import { sentence } from "../../calls.js";
import { at, go, search } from "../route.js";
import type { Desk } from "./desk.js";
import { Diff } from "./diff.js";
import { attempt } from "./toasts.js";

export default function DiffPage({ desk, from, to }: { desk: Desk; from: string; to: string }) {
  const [diff, setDiff] = useState<rest.ItemDiff | null>(null);
  const [trouble, setTrouble] = useState("");
  const [versions, setVersions] = useState<readonly rest.Version[]>([]);
  const draft = desk.draft.value;
  const load = async (): Promise<void> => {
    try {
      setDiff(await api.items.diff(desk.item, { from, to }));
      setTrouble("");
    } catch (error) {
      setDiff(null);
      setTrouble(sentence(error));
    }
  };
  useEffect(() => void load(), [desk, from, to, desk.touched.value, desk.status.value === "saved"]);
  useEffect(() => {
    void attempt(async () => setVersions((await api.versions.list(desk.item)).versions));
  }, [desk, desk.head]);
  const base = /^version:(\d+)$/.exec(from)?.[1] ?? (from === "deployed" ? String(desk.head) : null);
  const back = base !== null && to === draft?.id && desk.typable && desk.local.value === null;
  const putBack = (id: string): void =>
    void attempt(async () => {
      await desk.replace((of) => api.deploys.revert(of, { version: Number(base), only: [id] }), "That part reads as before.");
      await load();
    });
  const names = [...new Set(["deployed", ...(desk.look.value?.drafts ?? []).filter((one) => one.may !== "no").map((one) => one.id), ...versions.map((one) => `version:${one.number}`), from, to])];
  const said = (name: string): string => {
    const [id] = name.split("@");
    const known = desk.look.value?.drafts.find((one) => one.id === id);
    if (known !== undefined) return `${known.purpose === "shared" ? "Shared draft" : known.owner?.user === desk.user ? "My draft" : `${known.owner?.name ?? "Somebody"}’s draft`}${name.includes("@") ? ", earlier" : ""}`;
    if (id === draft?.id) return name.includes("@") ? "The draft, earlier" : "The draft";
    return name === "deployed" ? `Deployed version ${desk.head}` : name.replace("version:", "Version ");
  };
  const side = (name: "from" | "to", value: string) => (
    <label>
      <span class="quiet small">{name === "from" ? "From" : "To"}</span>
      <select value={value} onChange={(event) => search({ [name]: event.currentTarget.value }, "push")}>
        {names.map((one) => (
          <option key={one} value={one}>
            {said(one)}
          </option>
        ))}
      </select>
    </label>
  );
  const changes = diff?.comparison.changes.length ?? 0;
  return (
    <section class="diff-page" aria-label="Difference">
      <div class="diff-page-head">
        {side("from", from)}
        <span aria-hidden="true">→</span>
        {side("to", to)}
        <span class="code-bar-space" />
        <a class="button" href={at(desk.item)}>
          Back to the editor
        </a>
      </div>
      <p role="alert" class="trouble">
        {trouble}
      </p>
      {diff === null ? (
        trouble === "" && <p class="quiet">Comparing…</p>
      ) : (
        <>
          <p class="sr-only" role="status">
            {changes === 0 ? "Nothing differs." : `${changes} places differ.`}
          </p>
          <Diff
            comparison={diff.comparison}
            parts={diff.parts ?? []}
            {...(back ? { putBack } : {})}
            open={(address, line) => go(`${at(desk.item)}?${new URLSearchParams({ at: address, ...(line === null ? {} : { line: String(line) }) }).toString()}`)}
          />
        </>
      )}
    </section>
  );
}
