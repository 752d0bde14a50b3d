/** The drafts of the workspace, mine or all, and what is done with many of them at once. */

import { useEffect, useState } from "preact/hooks";
import type { ComponentChildren } from "preact";
import type { rest } from "draftwire";
import { Dialog } from "./item-dialogs.js";
import { api } from "./api.js";
import { sentence } from "../calls.js";
import { KindIcon, kindWord } from "./kind.js";
import { follow } from "./listing.js";
import { tell } from "./notice.js";
import { nameOf, Person } from "./person.js";
import { at, route, search } from "./route.js";
import { ago, counted } from "./words.js";

const AT_ONCE = 50; // the server takes so many in one request
const SETTLE_MS = 300;

type Act = "deploy" | "discard";
type Whose = NonNullable<rest.DraftListQuery["whose"]>; // as the address says it: the server refuses any other

export function DraftTable({ who, kinds }: { who: rest.Me | null; kinds: readonly rest.KindInfo[] }) {
  const here = route.value;
  const query = here.page === "workspace" ? here.query : new URLSearchParams();
  const whose = query.get("whose") ?? "mine";
  const { rows, next, trouble, load, setTrouble } = useDrafts(query, whose);
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const [asking, setAsking] = useState<Act | null>(null);
  const [refused, setRefused] = useState<ReadonlyMap<string, string>>(new Map());
  useEffect(() => setChosen(new Set()), [query.toString()]);
  const titles = new Map(kinds.map(({ name, title }) => [name, title]));
  const offered = (rows ?? []).filter(mayAct);
  const picked = offered.filter(({ draft }) => chosen.has(draft));
  const choose = (draft: string, on: boolean): void => setChosen(new Set(on ? [...chosen, draft] : [...chosen].filter((one) => one !== draft)));
  const act = async (what: Act, message: string): Promise<void> => {
    setAsking(null);
    const some = picked.slice(0, AT_ONCE);
    try {
      const results = what === "deploy" ? await deployAll(some, message) : await discardAll(some);
      const failed = new Map(results.flatMap(({ draft, refused }) => (refused == null ? [] : [[draft, refused.message]])));
      setRefused(failed);
      setChosen(new Set(failed.keys()));
      load();
      const done = results.length - failed.size;
      const rest = failed.size === 0 ? "" : ` ${counted(failed.size, "draft")} ${failed.size === 1 ? "was" : "were"} refused: see below.`;
      if (what === "deploy") return tell(`${counted(done, "draft")} deployed.${rest}`);
      tell(`${counted(done, "draft")} discarded.${rest}`, () => bringBack(results).then(() => load()));
    } catch (error) {
      setTrouble(sentence(error));
    }
  };
  return (
    <>
      <Filters query={query} whose={whose}>
        <Bulk offered={offered} picked={picked} choose={(drafts) => setChosen(new Set(drafts))} ask={setAsking} />
      </Filters>
      <p role="alert" class="trouble">
        {trouble}
      </p>
      {rows?.length === 0 && <NoDrafts whose={whose} />}
      <ul class="items drafts" aria-label="Drafts">
        {(rows ?? []).map((row) => (
          <DraftLine key={row.draft} row={row} mine={row.owner?.user === who?.actor.user} titles={titles} chosen={chosen.has(row.draft)} choose={(on) => choose(row.draft, on)} refused={refused.get(row.draft)} />
        ))}
      </ul>
      {next !== null && (
        <div class="more">
          <button class="button" type="button" onClick={() => load(next)}>
            Show more
          </button>
        </div>
      )}
      {asking !== null && <Sure what={asking} rows={picked.slice(0, AT_ONCE)} close={() => setAsking(null)} act={(message) => void act(asking, message)} />}
    </>
  );
}

/** The drafts that the address asks for, page by page, kept fresh by what happens in the workspace. */
function useDrafts(query: URLSearchParams, whose: string) {
  const [rows, setRows] = useState<readonly rest.ListedDraft[] | null>(null);
  const [next, setNext] = useState<string | null>(null);
  const [trouble, setTrouble] = useState("");
  const load = (cursor: string | null = null): void => {
    const asked = { whose: whose as Whose, behind: query.get("behind") === "true", conflict: query.get("conflict") === "true" };
    api.drafts.list({ ...asked, limit: 100, cursor }).then(
      (page) => {
        setRows((known) => (cursor === null ? page.drafts : [...(known ?? []), ...page.drafts]));
        setNext(page.next ?? null);
        setTrouble("");
      },
      (error: unknown) => setTrouble(sentence(error)),
    );
  };
  useEffect(() => {
    load();
    let timer: number | undefined;
    const end = follow(() => {
      timer ??= window.setTimeout(() => {
        timer = undefined;
        load();
      }, SETTLE_MS);
    });
    return () => {
      window.clearTimeout(timer);
      end();
    };
  }, [query.toString()]);
  return { rows, next, trouble, load, setTrouble };
}

/** Whether one may deploy or discard it from here. */
function mayAct(row: rest.ListedDraft): boolean {
  return row.may === "type" && row.etag != null;
}

function Filters({ query, whose, children }: { query: URLSearchParams; whose: string; children: ComponentChildren }) {
  return (
    <search class="filters">
      <div class="segments" role="group" aria-label="Whose drafts">
        {[["mine", "Mine"], ["others", "Others’"], ["any", "All"]].map(([name = "", label]) => (
          <button key={name} type="button" aria-pressed={whose === name} onClick={() => search({ whose: name === "mine" ? null : name }, "push")}>
            {label}
          </button>
        ))}
      </div>
      {[["behind", "Behind"], ["conflict", "In conflict"]].map(([name = "", label]) => (
        <button key={name} class="chip" type="button" aria-pressed={query.has(name)} onClick={() => search({ [name]: query.has(name) ? null : "true" }, "push")}>
          {label}
        </button>
      ))}
      {children}
    </search>
  );
}

/** What is done with all that are chosen. */
function Bulk({ offered, picked, choose, ask }: { offered: readonly rest.ListedDraft[]; picked: readonly rest.ListedDraft[]; choose: (drafts: readonly string[]) => void; ask: (what: Act) => void }) {
  return (
    <div class="bulk">
      {offered.length > 0 && (
        <label class="pick-all">
          <input
            type="checkbox"
            checked={picked.length > 0 && picked.length === offered.length}
            onChange={(event) => choose(event.currentTarget.checked ? offered.slice(0, AT_ONCE).map(({ draft }) => draft) : [])}
          />
          {picked.length === 0 ? "Choose all" : `${picked.length} chosen`}
        </label>
      )}
      <button class="button" type="button" disabled={picked.length === 0} onClick={() => ask("discard")}>
        Discard
      </button>
      <button class="button" data-primary type="button" disabled={picked.length === 0} onClick={() => ask("deploy")}>
        Deploy
      </button>
    </div>
  );
}

function NoDrafts({ whose }: { whose: string }) {
  return (
    <div class="empty">
      <h2>{whose === "mine" ? "You have no drafts" : "There are no such drafts"}</h2>
      <p>A draft begins with the first key that you press in an item. It is saved as you type, and nobody runs it until it is deployed.</p>
    </div>
  );
}

interface Line {
  row: rest.ListedDraft;
  mine: boolean;
  titles: ReadonlyMap<string, string>;
  chosen: boolean;
  choose: (on: boolean) => void;
  refused: string | undefined;
}

function DraftLine({ row, mine, titles, chosen, choose, refused }: Line) {
  const name = row.summary || row.path || "Without a name";
  return (
    <li class="item">
      <input type="checkbox" aria-label={`Choose the draft of ${name}`} disabled={!mayAct(row)} checked={chosen} onChange={(event) => choose(event.currentTarget.checked)} />
      <KindIcon kind={row.kind} />
      <div class="item-name">
        <a href={row.may === "no" ? at(row.item) : at(row.item, "drafts", row.draft)}>{name}</a>
        <span class="item-path" data-kind={kindWord(row.kind, titles)}>
          <code>{row.path}</code>
        </span>
        {refused !== undefined && <span class="trouble small">{refused}</span>}
      </div>
      <span class="item-kind">{kindWord(row.kind, titles)}</span>
      <span class="item-drafts">
        {(row.conflicts ?? 0) > 0 && <span class="mark" data-tone="bad">{counted(row.conflicts ?? 0, "conflict")}</span>}
        {row.behind && <span class="mark" data-tone="warn">{row.kept ? "Behind, kept so" : `Behind version ${row.head_version ?? 0}`}</span>}
        {row.may === "no" && <span class="mark">Private</span>}
      </span>
      <span class="item-owner">
        {row.owner === null ? (
          <span class="mark">Shared draft</span>
        ) : (
          <>
            <Person actor={row.owner} small /> {mine ? "You" : nameOf(row.owner)}
          </>
        )}
      </span>
      <time class="quiet small" dateTime={new Date(row.updated_at * 1000).toISOString()}>
        {ago(row.updated_at)}
      </time>
    </li>
  );
}

async function deployAll(rows: readonly rest.ListedDraft[], message: string): Promise<readonly rest.DraftDeployed[]> {
  const drafts = rows.map(({ draft, etag, base_version, head_version, kept, item }) => ({ draft, etag: etag ?? "", item, message, expected_version: (kept ? head_version : base_version) ?? 0 }));
  return (await api.deploys.many({ drafts })).results;
}

async function discardAll(rows: readonly rest.ListedDraft[]): Promise<readonly rest.DraftDiscarded[]> {
  return (await api.deploys.discardMany({ drafts: rows.map(({ draft, etag }) => ({ draft, etag: etag ?? "" })) })).results;
}

async function bringBack(results: readonly rest.DraftDiscarded[]): Promise<void> {
  for (const { draft, discarded } of results) if (discarded != null) await api.deploys.bringBack(draft, { generation: discarded.generation });
}

function Sure({ what, rows, close, act }: { what: Act; rows: readonly rest.ListedDraft[]; close: () => void; act: (message: string) => void }) {
  const [message, setMessage] = useState("");
  return (
    <Dialog title={`${what === "deploy" ? "Deploy" : "Discard"} ${counted(rows.length, "draft")}`} close={close}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          act(message);
        }}
      >
        <ul class="sure">
          {rows.map(({ draft, summary, path }) => (
            <li key={draft}>{summary || path}</li>
          ))}
        </ul>
        {what === "deploy" ? (
          <label class="field">
            <span>What changes (for the history)</span>
            <input type="text" value={message} maxLength={1000} onInput={(event) => setMessage(event.currentTarget.value)} />
          </label>
        ) : (
          <p class="quiet small">Their text can be brought back for 30 days.</p>
        )}
        <div class="dialog-buttons">
          <button class="button" type="button" onClick={close}>
            Cancel
          </button>
          <button class="button" data-primary type="submit">
            {what === "deploy" ? "Deploy" : "Discard"}
          </button>
        </div>
      </form>
    </Dialog>
  );
}
