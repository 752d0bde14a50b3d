/** The cards of the dashboard, each a list that is read from afar. */

import type { ComponentChildren } from "preact";
import type { rest } from "draftwire";
import { doing, MINUTES, ROWS } from "./dashboard-news.js";
import type { At, Deploy, Named, Session } from "./dashboard-news.js";
import { nameOf, Person } from "./person.js";
import { at, to } from "./route.js";
import { ago, counted } from "./words.js";

/** The name of an item, as far as it is known by now. */
export type NameOf = (item: string) => Named | undefined;

export function EditsPerMinute({ activity, nameOf: name }: { activity: rest.Activity | null; nameOf: NameOf }) {
  const items = activity?.items ?? [];
  return (
    <Card title="Edits per minute" wide>
      <Bars edits={summed(items.map(({ edits }) => edits))} />
      {activity !== null && items.length === 0 && <p class="quiet small">Nothing was typed in the last {MINUTES} minutes in what you may read.</p>}
      <ul class="lines">
        {items.slice(0, ROWS).map(({ item, edits }) => (
          <li key={item} class="line edits">
            <ItemLink item={item} name={name(item)} />
            <Edits edits={edits} />
          </li>
        ))}
      </ul>
    </Card>
  );
}

export function WhoIsWhere({ people, nameOf: name }: { people: readonly At[]; nameOf: NameOf }) {
  return (
    <Card title="Who is where">
      {people.length === 0 ? (
        <p class="quiet small">Nobody has an item open that you may see.</p>
      ) : (
        <ul class="lines">
          {people.slice(0, ROWS * 2).map(({ item, entry }) => (
            <li key={`${item} ${entry.sid}`} class="line">
              <Person actor={entry.actor} state={entry.state} />
              <span class="two">
                <strong>{nameOf(entry.actor)}</strong>
                <span class="quiet small">
                  {doing(entry)} <ItemLink item={item} name={name(item)} />
                </span>
              </span>
              <When at={entry.since} />
            </li>
          ))}
        </ul>
      )}
    </Card>
  );
}

export function OpenConflicts({ drafts }: { drafts: readonly rest.ListedDraft[] | null }) {
  return (
    <Card title="Open conflicts">
      {drafts?.length === 0 ? (
        <p class="quiet small">None. Where two wrote in one place, it would stand here until somebody has chosen.</p>
      ) : (
        <ul class="lines">
          {(drafts ?? []).slice(0, ROWS).map((row) => (
            <li key={row.draft} class="line">
              {row.owner === null ? <span class="avatar" aria-hidden="true">∗</span> : <Person actor={row.owner} />}
              <span class="two">
                <ItemLink item={row.item} name={row} />
                <span class="quiet small">{row.owner === null ? "Shared draft" : `Draft of ${nameOf(row.owner)}`}</span>
              </span>
              <span class="mark" data-tone="bad">
                {counted(row.conflicts ?? 0, "conflict")}
              </span>
            </li>
          ))}
        </ul>
      )}
    </Card>
  );
}

export function AiSessions({ sessions, nameOf: name }: { sessions: readonly Session[]; nameOf: NameOf }) {
  return (
    <Card title="AI sessions">
      {sessions.length === 0 ? (
        <p class="quiet small">No AI session has worked here in the last {MINUTES} minutes.</p>
      ) : (
        <ul class="lines">
          {sessions.slice(0, ROWS).map(({ key, actor, item, live, doing, edits, run }) => (
            <li key={key} class="line">
              <Person actor={actor} state={live ? "editing" : "idle"} />
              <span class="two">
                <strong>{nameOf(actor)}</strong>
                <span class="quiet small">
                  {doing} <ItemLink item={item} name={name(item)} />
                  {run !== null && (
                    <>
                      {" · "}
                      <a href={to(`/runs/${run}`)}>its run</a>
                    </>
                  )}
                </span>
              </span>
              <span class="quiet small">{edits === 0 ? "" : counted(edits, "edit")}</span>
            </li>
          ))}
        </ul>
      )}
    </Card>
  );
}

export function Deploys({ deploys, nameOf: name }: { deploys: readonly Deploy[]; nameOf: NameOf }) {
  return (
    <Card title="Deploys">
      {deploys.length === 0 ? (
        <p class="quiet small">What is deployed appears here as it happens.</p>
      ) : (
        <ul class="lines" aria-live="polite" aria-relevant="additions">
          {deploys.slice(0, ROWS).map(({ number, item, version, at: when, by, message }) => (
            <li key={number} class="line">
              {by === null ? <span class="avatar" aria-hidden="true" /> : <Person actor={by} />}
              <span class="two">
                <span>
                  <ItemLink item={item} name={name(item)} /> <span class="mark">v{version}</span>
                </span>
                <span class="quiet small">
                  {by === null ? "" : nameOf(by)}
                  {message === "" ? "" : `: ${message}`}
                </span>
              </span>
              <When at={when} />
            </li>
          ))}
        </ul>
      )}
    </Card>
  );
}

export function EditsOfPeople({ people }: { people: readonly rest.PersonActivity[] }) {
  return (
    <Card title="Edits of people">
      <p class="quiet small">An admin of this workspace has these counted. Whoever may read the drafts sees them.</p>
      {people.length === 0 && <p class="quiet small">Nobody has edited in the last {MINUTES} minutes in what you may read.</p>}
      <ul class="lines">
        {people.slice(0, ROWS).map(({ actor, edits }) => (
          <li key={actor.id} class="line edits">
            <span class="row">
              <Person actor={actor} small /> <span>{nameOf(actor)}</span>
            </span>
            <Edits edits={edits} />
          </li>
        ))}
      </ul>
    </Card>
  );
}

export function Figure({ label, value, bad = false }: { label: string; value: number | undefined; bad?: boolean }) {
  return (
    <div>
      <dt>{label}</dt>
      <dd data-bad={bad && (value ?? 0) > 0 ? "" : undefined}>{value === undefined ? "–" : value.toLocaleString("en")}</dd>
    </div>
  );
}

function Card({ title, wide = false, children }: { title: string; wide?: boolean; children: ComponentChildren }) {
  const id = `card-${title.toLowerCase().replaceAll(" ", "-")}`;
  return (
    <section class="card" data-wide={wide ? "" : undefined} aria-labelledby={id}>
      <h2 id={id}>{title}</h2>
      {children}
    </section>
  );
}

function ItemLink({ item, name }: { item: string; name: Named | undefined }) {
  return (
    <a href={at(item)} title={name?.path ?? undefined}>
      {name === undefined ? "…" : name.summary || name.path || "Without a name"}
    </a>
  );
}

function When({ at: when }: { at: number }) {
  return (
    <time class="quiet small" dateTime={new Date(when * 1000).toISOString()}>
      {ago(when)}
    </time>
  );
}

/** A line of the edits of one item or person, and how many they are. */
function Edits({ edits }: { edits: readonly number[] }) {
  return (
    <>
      <Bars edits={edits} small />
      <span class="number">
        {edits.reduce((all, one) => all + one, 0).toLocaleString("en")}
        <span class="sr-only"> edits in {MINUTES} minutes</span>
      </span>
    </>
  );
}

/** A bar for each minute, the oldest at the left; a flat line is nothing. */
function Bars({ edits, small = false }: { edits: readonly number[]; small?: boolean }) {
  const most = Math.max(1, ...edits);
  const height = small ? 22 : 96;
  const said = `Edits per minute: ${edits.at(-1) ?? 0} now, at most ${Math.max(0, ...edits)} in the last ${edits.length} minutes`;
  return (
    <figure class={small ? "bars small-bars" : "bars"}>
      <svg viewBox={`0 0 ${edits.length * 10} ${height}`} preserveAspectRatio="none" role="img" aria-label={said}>
        {edits.map((number, i) => {
          const tall = number === 0 ? 1 : Math.max(3, (number / most) * (height - 2));
          return <rect key={i} x={i * 10 + 1} y={height - tall} width={8} height={tall} data-none={number === 0 ? "" : undefined} />;
        })}
      </svg>
      {!small && (
        <figcaption class="quiet small" aria-hidden="true">
          <span>{edits.length} minutes ago</span>
          <span>at most {Math.max(0, ...edits)} a minute</span>
          <span>now</span>
        </figcaption>
      )}
    </figure>
  );
}

/** Minute by minute, over all. */
export function summed(many: readonly (readonly number[])[]): number[] {
  const all: number[] = Array.from({ length: Math.max(MINUTES, many[0]?.length ?? 0) }, () => 0);
  for (const edits of many) edits.forEach((number, i) => (all[i] = (all[i] ?? 0) + number));
  return all;
}
