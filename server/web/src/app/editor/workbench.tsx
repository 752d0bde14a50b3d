/** The document itself: what it consists of at the left, the part that is chosen at the right. */

import { useEffect, useMemo, useRef } from "preact/hooks";
import { escapeToken, isObject, parseAddress, randomId } from "draftwire";
import type { Json, JsonObject } from "draftwire";
import { languageTitle } from "../../code/languages.js";
import { colourOf, shortName } from "../person.js";
import { route, search } from "../route.js";
import { Code } from "./code.js";
import type { Desk } from "./desk.js";
import { Fields } from "./fields.js";
import { flat, outline, partAt, sample, schemaAt } from "./outline.js";
import type { ElementPart, ListPart, Part, Spot, TextPart } from "./outline.js";
import { counted } from "../words.js";

const ROOT: Spot = { address: "", pointer: "", path: [] };
const MORE = "~more"; // in the address bar: what is neither code nor a list

export function Workbench({ desk }: { desk: Desk }) {
  const [structure, touched] = [desk.structure.value, desk.touched.value];
  const doc = desk.doc;
  const kind = desk.kind.value;
  const here = route.value;
  const query = here.page === "item" ? here.query : new URLSearchParams();
  const asked = query.get("at");
  const line = query.get("line") === null ? null : Number(query.get("line"));
  // Others' carets come many times a second, and change nothing of the outline.
  const parts = useMemo(() => (doc === null || kind === null ? [] : outline(doc, kind)), [structure, touched, kind, desk.view.value, doc === null]);
  useEffect(() => {
    const sid = desk.following.value;
    const caret = desk.carets.value.find((one) => one.sid === sid);
    if (caret === undefined) return;
    const part = partAt(parts, caret.at);
    if (part !== null && part.address !== asked) search({ at: part.address, line: null });
  }, [desk.carets.value, desk.following.value]);
  useEffect(() => {
    const where = desk.undone.value;
    desk.undone.value = null;
    const part = where === null ? null : partAt(parts, where);
    if (part !== null && part.address !== (asked ?? firstOf(parts)?.address)) search({ at: part.address, line: null });
  }, [desk.undone.value]);
  if (doc === null || kind === null) return <div class="workbench" aria-busy="true" />;
  const chosen = asked === MORE ? null : ((asked === null ? null : partAt(parts, asked)) ?? (asked !== null && asked.startsWith("/") ? null : firstOf(parts)));
  const single = parts.length === 0;
  const acted = (): void => void (desk.following.value = null); // any input of one's own: also a scroll bar, also a choice in the tree
  return (
    <div class="workbench" data-single={single ? "" : undefined} onKeyDown={acted} onPointerDown={acted} onWheel={acted} onTouchMove={acted}>
      {!single && <Tree desk={desk} parts={parts} chosen={chosen} />}
      <div class="part">
        {chosen === null ? (
          <div class="part-page">
            <h2 class="sr-only">Fields</h2>
            <Fields desk={desk} spot={ROOT} schema={schemaAt(kind.schema ?? {}, doc, ROOT)} value={doc.value} />
          </div>
        ) : (
          <PartPage desk={desk} part={chosen} line={line} />
        )}
      </div>
    </div>
  );
}

/** Where one begins: code, else the first element, else the fields. */
function firstOf(parts: readonly Part[]): Part | null {
  const all = flat(parts);
  return parts.find((part) => part.what === "text") ?? all.find((part) => part.what === "element") ?? null;
}

function choose(part: Part | null): void {
  search({ at: part === null ? MORE : part.address, line: null }, "push");
}

// ---------------------------------------------------------------- the tree

function Tree({ desk, parts, chosen }: { desk: Desk; parts: readonly Part[]; chosen: Part | null }) {
  const nav = useRef<HTMLElement>(null);
  const keyed = (event: KeyboardEvent): void => {
    const items = [...(nav.current?.querySelectorAll<HTMLElement>("button.node") ?? [])];
    const at = items.indexOf(document.activeElement as HTMLElement);
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step === undefined || at < 0 || event.altKey) return;
    event.preventDefault();
    items[Math.min(Math.max(at + step, 0), items.length - 1)]?.focus();
  };
  return (
    <nav class="tree" aria-label="Parts" ref={nav} onKeyDown={keyed}>
      <ul>
        {parts.map((part) => (
          <Node key={part.address} desk={desk} part={part} chosen={chosen} deep={0} />
        ))}
        <li>
          <NodeButton desk={desk} spot={null} label="Fields" sort="" chosen={chosen === null} deep={0} act={() => choose(null)} />
        </li>
      </ul>
    </nav>
  );
}

function Node({ desk, part, chosen, deep }: { desk: Desk; part: Part; chosen: Part | null; deep: number }) {
  if (part.what === "list") {
    return (
      <li>
        <div class="node-list" style={{ "--deep": String(deep) }}>
          <span>{said(part.label)}</span>
          <span class="quiet small">{part.elements.length}</span>
          {desk.typable && (
            <button class="icon-button" type="button" aria-label={`Add to ${said(part.label)}`} title="Add" onClick={() => add(desk, part)}>
              +
            </button>
          )}
        </div>
        <ul>
          {part.elements.map((one) => (
            <Node key={one.address} desk={desk} part={one} chosen={chosen} deep={deep + 1} />
          ))}
        </ul>
      </li>
    );
  }
  const inside = part.what === "element" ? part.parts.filter((one) => one.what === "list") : [];
  return (
    <li>
      <NodeButton desk={desk} spot={part} label={part.label} sort={languageTitle(part.what === "text" ? part.language : part.sort)} chosen={part.address === chosen?.address} deep={deep} act={() => choose(part)} />
      {inside.length > 0 && (
        <ul>
          {inside.map((one) => (
            <Node key={one.address} desk={desk} part={one} chosen={chosen} deep={deep + 1} />
          ))}
        </ul>
      )}
    </li>
  );
}

function NodeButton({ desk, spot, label, sort, chosen, deep, act }: { desk: Desk; spot: Part | null; label: string; sort: string; chosen: boolean; deep: number; act: () => void }) {
  const who = spot === null ? [] : desk.carets.value.filter((caret) => caret.entry.state !== "idle" && within(spot, caret.at));
  const bad = spot === null || desk.view.value.kind !== "draft" ? 0 : desk.diagnostics.value.filter(({ at }) => at === spot.pointer || at.startsWith(`${spot.pointer}/`)).length;
  return (
    <button class="node" type="button" aria-current={chosen ? "true" : undefined} style={{ "--deep": String(deep) }} onClick={act}>
      <span class="node-label">{label}</span>
      {bad > 0 && (
        <span class="node-bad" title={counted(bad, "problem")}>
          !<span class="sr-only"> {counted(bad, "problem")}</span>
        </span>
      )}
      {who.map(({ sid, entry }) => (
        <span key={sid} class="node-person person" style={colourOf(entry.actor.user)} title={shortName(entry.actor)} data-agent={entry.actor.kind === "agent" ? "" : undefined}>
          {entry.actor.kind === "agent" ? "✦" : shortName(entry.actor)[0]}
          <span class="sr-only">{shortName(entry.actor)} is here</span>
        </span>
      ))}
      {sort !== "" && who.length === 0 && <span class="node-sort">{sort}</span>}
    </button>
  );
}

/** Whether an address is one of this part's own. */
function within(part: Part, address: string): boolean {
  return part.what === "element" ? parseAddress(address)[0] === part.id : part.address === address;
}

// ---------------------------------------------------------------- one part

function PartPage({ desk, part, line }: { desk: Desk; part: Part; line: number | null }) {
  const kind = desk.kind.value;
  const doc = desk.doc;
  if (kind === null || doc === null) return null;
  if (part.what === "text") return <Code key={part.address} desk={desk} at={part.address} label={part.label} language={part.language} line={line} />;
  if (part.what === "list") return <p class="empty">Choose an element.</p>;
  const value = doc.get(part.address);
  const texts = part.parts.filter((one): one is TextPart => one.what === "text");
  const lists = part.parts.filter((one): one is ListPart => one.what === "list");
  return (
    <div class="part-page element-page">
      <ElementHead desk={desk} part={part} />
      {texts.map((text) => (
        <Code key={text.address} desk={desk} at={text.address} label={text.label} language={text.language} line={line} full={false} />
      ))}
      {isObject(value) && <Fields key={part.address} desk={desk} spot={part} schema={schemaAt(kind.schema ?? {}, doc, part)} value={value} hide={["id"]} />}
      {lists.map((list) => (
        <section key={list.address} class="sublist" aria-label={said(list.label)}>
          <h3>{said(list.label)}</h3>
          <ul>
            {list.elements.map((one) => (
              <li key={one.address}>
                <button class="text-button" type="button" onClick={() => choose(one)}>
                  {one.label}
                </button>
              </li>
            ))}
          </ul>
          {desk.typable && (
            <button class="button" type="button" onClick={() => add(desk, list)}>
              Add to {said(list.label)}
            </button>
          )}
        </section>
      ))}
    </div>
  );
}

function ElementHead({ desk, part }: { desk: Desk; part: ElementPart }) {
  const list = listOf(desk, part);
  const position = list?.elements.findIndex((one) => one.id === part.id) ?? -1;
  const move = (by: number): void => {
    if (list === null) return;
    const rest = list.elements.filter((one) => one.id !== part.id).map((one) => one.id);
    const to = position + by;
    desk.editWithUndo([{ op: "move", id: part.id, at: list.address, after: rest[to - 1] ?? null, before: rest[to] ?? null }], `${part.label} is moved.`);
  };
  const remove = (): void => {
    desk.editWithUndo([{ op: "remove", at: part.address }], `${part.label} is removed.`);
    search({ at: null, line: null });
  };
  return (
    <div class="element-head">
      <div>
        <h2>{part.label}</h2>
        <p class="quiet small">
          <code>{part.id}</code> {part.sort !== "" && `· ${languageTitle(part.sort)}`} {list !== null && `· ${position + 1} of ${list.elements.length}`}
        </p>
      </div>
      {desk.typable && (
        <div class="element-acts">
          <button class="button" type="button" aria-label="Move up" disabled={position <= 0} onClick={() => move(-1)}>
            ↑
          </button>
          <button class="button" type="button" aria-label="Move down" disabled={list === null || position >= list.elements.length - 1} onClick={() => move(1)}>
            ↓
          </button>
          <button class="button" type="button" onClick={remove}>
            Remove
          </button>
        </div>
      )}
    </div>
  );
}

function listOf(desk: Desk, part: ElementPart): ListPart | null {
  const { doc } = desk;
  const kind = desk.kind.value;
  if (doc === null || kind === null) return null;
  return flat(outline(doc, kind)).find((one): one is ListPart => one.what === "list" && one.elements.some(({ id }) => id === part.id)) ?? null;
}

/** A new element at the end, the least that the schema asks for. */
function add(desk: Desk, list: ListPart): void {
  const { doc } = desk;
  const kind = desk.kind.value;
  if (doc === null || kind === null) return;
  const root = kind.schema ?? {};
  const made = sample(root, schemaAt(root, doc, list).items);
  const id = freshId(list, doc.elements());
  const v: JsonObject = { ...(isObject(made as Json) ? (made as JsonObject) : {}), id };
  const last = list.elements.at(-1)?.id ?? null;
  if (desk.edit([{ op: "insert", at: list.address, v, after: last, before: null }])) search({ at: escapeToken(id), line: null }, "push");
}

/** An id that says where it belongs and that nobody else makes at the same time. */
function freshId(list: ListPart, taken: Iterable<string>): string {
  const all = new Set(taken);
  const stem = list.label.replace(/s$/, "").slice(0, 12);
  for (;;) {
    const id = `${stem}_${randomId().replace(/[^0-9A-Za-z]/g, "").slice(0, 4).toLowerCase()}`;
    if (!all.has(id)) return id;
  }
}

function said(name: string): string {
  return (name[0] ?? "").toUpperCase() + name.slice(1).replaceAll("_", " ");
}
