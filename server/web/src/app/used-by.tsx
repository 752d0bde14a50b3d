/** What uses an item: the items whose live versions name it, as far as one may see them. */

import { useEffect, useState } from "preact/hooks";
import type { rest } from "draftwire";
import { api } from "./api.js";
import { sentence } from "../calls.js";
import { KindIcon, kindWord } from "./kind.js";
import { at } from "./route.js";
import { counted } from "./words.js";

const SHOWN = 50;

/** A page of what uses an item. Throws `Problem`. */
export function usersOf(item: string, cursor: string | null = null): Promise<rest.UsedBy> {
  return api.items.usedBy(item, { limit: SHOWN, cursor });
}

/** How many items use one; null while that is not known, or can't be. */
export function useUses(item: string | null): rest.UsedBy | null {
  const [used, setUsed] = useState<rest.UsedBy | null>(null);
  useEffect(() => {
    let wanted = true;
    setUsed(null);
    if (item !== null) usersOf(item).then((found) => wanted && setUsed(found), () => undefined);
    return () => void (wanted = false);
  }, [item]);
  return used;
}

/** "3 items": how many items use one, of a first page. */
export function howMany({ items, next }: rest.UsedBy): string {
  return next ? `more than ${counted(items.length, "item")}` : counted(items.length, "item");
}

/** "3 items use it", or "" for none. */
export function inUse(used: rest.UsedBy | null): string {
  if (used === null || used.items.length === 0) return "";
  return `${howMany(used)} ${used.items.length === 1 && !used.next ? "uses" : "use"} it`;
}

/** The list itself, page after page. */
export function UsedByList({ item, titles, first }: { item: string; titles?: ReadonlyMap<string, string>; first?: rest.UsedBy }) {
  const [items, setItems] = useState<readonly rest.ItemUse[] | null>(first?.items ?? null);
  const [next, setNext] = useState<string | null>(first?.next ?? null);
  const [part, setPart] = useState(first?.complete === false);
  const [trouble, setTrouble] = useState("");
  const load = (cursor: string | null): void => {
    setTrouble("");
    usersOf(item, cursor).then(
      (page) => {
        setItems((before) => [...(cursor === null ? [] : (before ?? [])), ...page.items]);
        setNext(page.next ?? null);
        setPart(page.complete === false);
      },
      (error: unknown) => setTrouble(sentence(error)),
    );
  };
  useEffect(() => {
    if (first === undefined) load(null);
  }, [item]);
  return (
    <>
      <p role="alert" class="trouble">
        {trouble}
      </p>
      {items?.length === 0 && <p class="quiet">No live version that you may see names this item.</p>}
      {items !== null && items.length > 0 && (
        <ul class="uses" aria-label="Items that use this one">
          {items.map((use) => (
            <li key={use.item}>
              <KindIcon kind={use.kind} />
              <a href={at(use.item)}>
                <strong>{use.summary || use.path || "Without a name"}</strong>
                {use.path !== null && use.summary !== "" && <code>{use.path}</code>}
              </a>
              <span class="quiet small">
                {kindWord(use.kind, titles)} · version {use.version} · {places(use)}
              </span>
              {(use.former ?? []).length > 0 && <span class="quiet small">Says {use.former?.join(", ")}, which leads here.</span>}
            </li>
          ))}
        </ul>
      )}
      {part && <p class="quiet small">Some versions are still being looked through: look again in a moment.</p>}
      {next !== null && (
        <button class="button" type="button" onClick={() => load(next)}>
          Show more
        </button>
      )}
    </>
  );
}

/** Where one names the other: "at runs/path", and how often else. */
function places({ at: [first = ""], times }: rest.ItemUse): string {
  const more = times - 1;
  return `at ${first.slice(1)}${more > 0 ? ` and ${counted(more, "other place")}` : ""}`;
}
