/** The past: versions, and what was written in the draft, by whom; any of it can be looked at, compared and brought back. */

import { useEffect, useState } from "preact/hooks";
import type { rest } from "draftwire";
import { api } from "../api.js";
import { nameOf, Person } from "../person.js";
import { at, go, search } from "../route.js";
import type { Desk } from "./desk.js";
import { Hash } from "./panel-deploy.js";
import { ago, counted, exactly } from "../words.js";
import { attempt, toast } from "./toasts.js";

export function HistoryPanel({ desk }: { desk: Desk }) {
  const [tab, setTab] = useState<"versions" | "draft">("versions");
  return (
    <>
      <div class="tabs" role="tablist" aria-label="Of what">
        {(["versions", "draft"] as const).map((name) => (
          <button key={name} role="tab" type="button" aria-selected={tab === name} onClick={() => setTab(name)}>
            {name === "versions" ? "Versions" : "This draft"}
          </button>
        ))}
      </div>
      {tab === "versions" ? <Versions desk={desk} /> : <Past desk={desk} />}
    </>
  );
}

function Versions({ desk }: { desk: Desk }) {
  const [list, setList] = useState<readonly rest.Version[] | null>(null);
  const [next, setNext] = useState<number | null>(null);
  const more = async (before: number | null): Promise<void> => {
    const page = await api.versions.list(desk.item, { before, limit: 30 });
    setList((known) => [...(before === null ? [] : (known ?? [])), ...page.versions]);
    setNext(page.next ?? null);
  };
  useEffect(() => void attempt(() => more(null)), [desk.head]);
  if (list === null) return <p class="quiet">Loading…</p>;
  if (list.length === 0) return <p class="quiet">Nothing is deployed yet. The first deploy makes version 1.</p>;
  return (
    <>
      <ol class="history past">
        {list.map((version) => (
          <li key={version.number}>
            <div class="history-head">
              <Person actor={version.deployer} small />
              <strong>
                <a href={at(desk.item, "versions", version.number)}>Version {version.number}</a>
              </strong>
              {version.number === desk.head && <span class="live">live</span>}
              <span class="quiet small" title={exactly(version.at)}>
                {nameOf(version.deployer)}, {ago(version.at)}
              </span>
            </div>
            {(version.message ?? "") !== "" && <p class="history-message">{version.message}</p>}
            <p class="quiet small history-more">
              {version.author.user !== version.deployer.user && `Written by ${nameOf(version.author)}. `}
              {version.redeploy_of != null && `Version ${version.redeploy_of} again. `}
              {version.override != null && `Replaced version ${version.override} knowingly. `}
            </p>
            <Hash hash={version.hash} />
            <div class="row">
              {version.number > 1 && (
                <a class="text-button" href={`${at(desk.item, "diff")}?from=version:${version.number - 1}&to=version:${version.number}`}>
                  What changed
                </a>
              )}
              {version.number !== desk.head && (
                <>
                  <a class="text-button" href={`${at(desk.item, "diff")}?from=version:${version.number}&to=deployed`}>
                    Compare with live
                  </a>
                  <button class="text-button" type="button" onClick={() => void attempt(() => rollBack(desk, version.number))}>
                    Roll back to it
                  </button>
                </>
              )}
              <button class="text-button" type="button" onClick={() => void attempt(() => restore(desk, version.number))}>
                As a new item
              </button>
            </div>
          </li>
        ))}
      </ol>
      {next !== null && (
        <button class="button" type="button" onClick={() => void attempt(() => more(next))}>
          Older versions
        </button>
      )}
    </>
  );
}

async function rollBack(desk: Desk, number: number): Promise<void> {
  const head = desk.head;
  await desk.redeploy(number, head, `Roll back to version ${number}`);
}

async function restore(desk: Desk, number: number): Promise<void> {
  const made = await api.versions.restore(desk.item, number);
  toast({ text: `Version ${number} begins a new item, without a path yet.` });
  go(at(made.item));
}

function Past({ desk }: { desk: Desk }) {
  const [groups, setGroups] = useState<readonly rest.HistoryGroup[] | null>(null);
  const [next, setNext] = useState<number | null>(null);
  const draft = desk.draft.value;
  const more = async (before: number | null): Promise<void> => {
    if (draft === null) return;
    const page = await api.history.page(draft.id, { before, limit: 30, item: desk.item });
    setGroups((known) => [...(before === null ? [] : (known ?? [])), ...page.groups]);
    setNext(page.next ?? null);
  };
  const [names, setNames] = useState<readonly rest.NamedState[]>([]);
  const again = async (): Promise<void> => {
    if (draft === null) return;
    await more(null);
    setNames((await api.history.names(draft.id, { item: desk.item })).names);
  };
  useEffect(() => void attempt(again), [draft]);
  if (draft === null) return <p class="quiet">No draft is open.</p>;
  const view = desk.view.value;
  const past = view.kind === "state" ? { etag: view.etag, names: names.filter(({ etag }) => etag === view.etag).map(({ name }) => name) } : null;
  const named = (): void => void attempt(again);
  if (groups === null) return <p class="quiet">Loading…</p>;
  if (groups.length === 0) return <p class="quiet">Nothing was typed in this draft yet.</p>;
  return (
    <>
      {past !== null && desk.typable === false && desk.may.value === "type" && (
        <div class="row">
          <span class="quiet small">The state that is shown:</span>
          <NameIt desk={desk} group={past} named={named} />
        </div>
      )}
      {names.length > 0 && (
        <section aria-label="Named states">
          <h3>Named states</h3>
          <ul class="names">
            {names.map((one) => (
              <li key={one.name}>
                <button class="text-button" type="button" aria-current={past?.etag === one.etag ? "true" : undefined} onClick={() => search({ state: one.etag }, "push")}>
                  {one.name}
                </button>{" "}
                <span class="quiet small" title={exactly(one.state_at)}>
                  {one.writer === undefined || one.writer === null ? "" : `${nameOf(one.writer)}, `}
                  {ago(one.state_at)}
                </span>
              </li>
            ))}
          </ul>
        </section>
      )}
      <ol class="history past">
        {groups.map((group) => (
          <li key={group.etag}>
            <div class="history-head">
              <Person actor={group.actor} small />
              <strong>{nameOf(group.actor)}</strong>
              <span class="quiet small" title={`${exactly(group.begun_at)} – ${exactly(group.ended_at)}`}>
                {ago(group.ended_at)}
              </span>
              {(group.names ?? []).map((name) => (
                <span key={name} class="live">
                  {name}
                </span>
              ))}
            </div>
            <p class="quiet small history-more">
              {group.approved_by !== undefined && `Approved by ${group.approved_by.map(nameOf).join(", ")}. `}
              {[...group.kinds.filter((kind) => kind !== "edit"), ""].join(", ")}
              {counted(group.places.length, "place")}, +{group.came.toLocaleString()} −{group.went.toLocaleString()} characters
            </p>
            <div class="row">
              <button class="text-button" type="button" onClick={() => search({ state: group.etag }, "push")}>
                As it was then
              </button>
              <a class="text-button" href={`${at(desk.item, "diff")}?from=${draft.id}@${group.etag}&to=${draft.id}`}>
                What changed since
              </a>
              {desk.typable && <NameIt desk={desk} group={group} named={named} />}
            </div>
          </li>
        ))}
      </ol>
      {next !== null && (
        <button class="button" type="button" onClick={() => void attempt(() => more(next))}>
          Earlier
        </button>
      )}
    </>
  );
}

/** A name for a state: one that was reached in the list, or the very one that is looked at. */
function NameIt({ desk, group, named }: { desk: Desk; group: Pick<rest.HistoryGroup, "etag" | "names">; named: () => void }) {
  const [name, setName] = useState<string | null>(null);
  const draft = desk.draft.value;
  if (draft === null) return null;
  const [known] = group.names ?? [];
  if (known !== undefined) {
    const remove = async (): Promise<void> => {
      await api.history.unname(draft.id, known);
      toast({ text: "The name is removed.", undo: () => api.history.name(draft.id, { name: known, etag: group.etag }).then(named) });
      named();
    };
    return (
      <button class="text-button" type="button" onClick={() => void attempt(remove)}>
        Remove the name
      </button>
    );
  }
  if (name === null) {
    return (
      <button class="text-button" type="button" onClick={() => setName("")}>
        Name it
      </button>
    );
  }
  const keep = async (): Promise<void> => {
    await api.history.name(draft.id, { name: name.trim(), etag: group.etag });
    setName(null);
    named();
  };
  return (
    <form
      class="row"
      onSubmit={(event) => {
        event.preventDefault();
        if (name.trim() !== "") void attempt(keep);
      }}
    >
      <input type="text" aria-label="A name for this state" maxLength={100} placeholder="before the refactoring" value={name} ref={(element) => element?.focus()} onInput={(event) => setName(event.currentTarget.value)} />
      <button class="button" type="submit">
        Keep
      </button>
    </form>
  );
}
