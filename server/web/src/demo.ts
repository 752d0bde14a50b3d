/** The live demo: two people with a connection each in one shared draft, an assistant, and what can break. */

import { Problem } from "draftwire";
import type { ActorInfo, Api, rest } from "draftwire";
import { sentence } from "./calls.js";
import { askAssistant, devInfo, flushValkey, killWorker, restartPostgres } from "./dev.js";
import { byId, make, say } from "./dom.js";
import { Pane } from "./pane.js";
import { tour } from "./tour.js";
import { avatar, nameOf } from "./people.js";

const COMPARE_EVERY_MS = 2_000;
const LOG_LINES = 60;

const panes: Pane[] = [];
let drawDue = false;

function note(text: string): void {
  const log = byId("log");
  const now = new Date();
  const time = make("time", { datetime: now.toISOString() }, now.toLocaleTimeString([], { hour12: false }));
  log.prepend(make("li", {}, time, make("span", {}, text)));
  while (log.children.length > LOG_LINES) log.lastElementChild?.remove();
}

function changed(): void {
  if (drawDue) return;
  drawDue = true;
  requestAnimationFrame(() => {
    drawDue = false;
    drawHere();
    drawCounters();
    drawBreak();
  });
}

// ---------------------------------------------------------------- who is here

function drawHere(): void {
  const [pane] = panes;
  const item = pane?.draft?.item;
  if (pane?.client == null || item === undefined) return;
  const people = new Map<string, { label: string; short: string; actor: ActorInfo; agent: boolean; state: string; sessions: number }>();
  for (const entry of pane.client.session.presence.get(item)?.values() ?? []) {
    const agent = entry.actor.kind === "agent";
    const known = people.get(entry.actor.id);
    const state = known?.state === "editing" || entry.state === "editing" ? "editing" : (known?.state ?? entry.state);
    const short = agent ? "AI" : (entry.actor.name.split(" ")[0] ?? entry.actor.name);
    people.set(entry.actor.id, { label: nameOf(entry.actor), short, actor: entry.actor, agent, state, sessions: (known?.sessions ?? 0) + 1 });
  }
  const list = byId("here");
  const drawn = [...people].map(([id, person]) => `${id} ${JSON.stringify(person)}`).join("\n");
  if (list.dataset["drawn"] !== drawn) {
    list.dataset["drawn"] = drawn;
    list.replaceChildren(
      ...[...people].map(([id, { label, short, actor, agent, state, sessions }]) => {
        const tabs = sessions > 1 ? ` ×${sessions}` : "";
        const go = make(
          "button",
          { type: "button", "data-agent": agent, "data-state": state, title: `${label}, ${state}: go to the caret` },
          avatar(actor),
          `${short}${tabs}`,
          make("span", { class: "sr-only" }, ` (${label}, ${state}): go to the caret`),
        );
        go.addEventListener("click", () => {
          for (const pane of panes) pane.reveal(id);
        });
        return make("li", { "data-agent": agent }, go);
      }),
    );
  }
}

/** Follow a run to its end: what it is doing, in words. */
async function followRun(api: Api, run: string): Promise<void> {
  const shown = byId("run");
  shown.dataset["live"] = "";
  shown.title = `Run ${run}`;
  let shownOnce = false; // who asked is shown the place once, and may go elsewhere then
  for (;;) {
    const agents = [...(panes[0]?.client?.session.presence.get(panes[0].draft?.item ?? "")?.values() ?? [])].filter(
      ({ actor }) => actor.kind === "agent",
    );
    const writing = agents.find(({ state }) => state === "editing");
    const [pane] = panes;
    if (writing !== undefined && !shownOnce) shownOnce = pane === undefined || pane.busy || pane.reveal(writing.actor.id);
    say(shown, writing !== undefined ? "AI is writing" : agents.length > 0 ? "AI is reading" : "AI is starting");
    await new Promise((done) => window.setTimeout(done, 400));
    const state = await api.runs.get(run).then((found) => found.state, () => "running");
    if (state === "running" || state === "paused") continue;
    delete shown.dataset["live"];
    const end = state === "ended" ? "has finished" : state === "stopped" ? "was stopped" : "was cut off";
    say(shown, `AI ${end}`);
    note(`The assistant ${end} (run ${run.slice(0, 6)})`);
    return;
  }
}

let lastRun = ""; // of the assistant

/** Take back what the assistant wrote last. */
async function undoIt(): Promise<void> {
  const api = panes[0]?.api;
  if (api == null || lastRun === "") return;
  const { drafts } = await api.runs.undo(lastRun);
  const done = drafts.reduce((sum, draft) => sum + (draft.done ?? []).length, 0);
  note(done > 0 ? "What the assistant wrote is undone; what people wrote is still there" : "Of what the assistant wrote nothing is left to undo");
}

async function ask(): Promise<void> {
  const [pane] = panes;
  const button = byId<HTMLButtonElement>("ask");
  if (pane?.draft == null || pane.signed === null || pane.api === null) return;
  button.disabled = true;
  try {
    const { run } = await askAssistant(pane.draft.id, pane.draft.item, pane.login, pane.signed.token, pane.firstLine);
    note(`${pane.name} asked the assistant (run ${run.slice(0, 6)})`);
    lastRun = run;
    byId<HTMLButtonElement>("undo-run").disabled = false;
    void followRun(pane.api, run);
  } catch (error) {
    note(`The assistant could not be asked: ${sentence(error)}`);
  } finally {
    window.setTimeout(() => (button.disabled = false), 1_500);
  }
}

// ---------------------------------------------------------------- counters

function drawCounters(): void {
  const told = panes.flatMap((pane) => [...pane.acked.values()]).reduce((sum, { batches }) => sum + batches, 0);
  say(byId("acked"), told.toLocaleString("en"));
  const longest = Math.max(...panes.map(({ longestMs }) => longestMs), 0);
  say(byId("longest"), told === 0 ? "–" : `${Math.round(longest).toLocaleString("en")} ms`);
  const seq = Math.max(...panes.map(({ draft }) => draft?.copy.seq ?? 0));
  say(byId("seq"), seq.toLocaleString("en"));
}

/** Whatever a client was told is saved must be in the log; counted before the log is asked, so that it can't be early. */
async function compare(): Promise<void> {
  const draft = panes[0]?.draft;
  const api = panes[0]?.api;
  if (draft == null || api == null || !draft.copy.stands) return; // until the first edit there is no log
  const told = panes.map((pane) => ({ sid: pane.sid, ...(pane.acked.get(draft.id) ?? { batches: 0, lastNo: 0 }) }));
  const shown = byId("lost");
  try {
    const { writers } = await api.drafts.writers(draft.id);
    let lost = 0;
    for (const { sid, batches, lastNo } of told) {
      const writer = writers.find((other) => other.sid === sid);
      lost += Math.max(0, batches - (writer?.batches ?? 0), lastNo - (writer?.last_no ?? 0));
    }
    say(shown, String(lost));
    shown.toggleAttribute("data-bad", lost > 0);
  } catch {
    if (shown.textContent === "–") return;
    shown.title = "The log could not be asked just now.";
  }
}

async function compareForEver(): Promise<void> {
  for (;;) {
    await compare();
    await new Promise((done) => window.setTimeout(done, COMPARE_EVERY_MS));
  }
}

// ---------------------------------------------------------------- break something

interface Breakage {
  label: () => string;
  act: (token: string) => Promise<unknown>;
  ready: () => boolean;
}

const breakages: { breakage: Breakage; button: HTMLButtonElement }[] = [];

function offerBreakages(): void {
  const offers: Breakage[] = panes.map((pane) => ({
    label: () => `Kill ${pane.name.split(" ")[0] ?? ""}’s worker`,
    act: async (token) => killWorker(pane.workerName ?? "", token),
    ready: () => pane.workerName !== null,
  }));
  offers.push({ label: () => "Flush Valkey", act: flushValkey, ready: () => true });
  offers.push({ label: () => "Restart Postgres", act: restartPostgres, ready: () => true });
  for (const breakage of offers) {
    const button = make("button", { class: "button", type: "button" }, breakage.label());
    button.addEventListener("click", () => void doBreak(breakage, button));
    breakages.push({ breakage, button });
    byId("break").append(button);
  }
}

function drawBreak(): void {
  for (const { breakage, button } of breakages) {
    if (button.dataset["busy"] !== undefined) continue;
    say(button, breakage.label());
    button.disabled = !breakage.ready();
  }
}

async function doBreak(breakage: Breakage, button: HTMLButtonElement): Promise<void> {
  const token = panes[0]?.signed?.token;
  if (token === undefined) return;
  const label = breakage.label();
  button.dataset["busy"] = "";
  button.disabled = true;
  note(label);
  const began = performance.now();
  try {
    await breakage.act(token);
    say(byId("break-note"), `Done in ${Math.round(performance.now() - began)} ms: ${label.toLowerCase()}.`);
  } catch (error) {
    const told = error instanceof Problem ? sentence(error) : "the worker that would have answered is gone too.";
    say(byId("break-note"), `${label}: ${told}`);
  } finally {
    delete button.dataset["busy"];
    button.disabled = false;
    changed();
  }
}

// ---------------------------------------------------------------- start

async function choose(item: string): Promise<void> {
  const address = new URL(location.href);
  address.searchParams.set("item", item);
  window.history.replaceState(null, "", address);
  await Promise.all(panes.map((pane) => pane.show(item)));
  byId<HTMLButtonElement>("ask").disabled = false;
  changed();
}

function fillPicker(items: readonly rest.ListedItem[]): string | null {
  const select = byId<HTMLSelectElement>("item");
  select.replaceChildren(...items.map(({ id, path, summary }) => make("option", { value: id }, path ?? summary)));
  const wanted = new URL(location.href).searchParams.get("item");
  const first = items.find(({ id }) => id === wanted) ?? items.find(({ kind }) => kind === "script") ?? items[0];
  if (first === undefined) return null;
  select.value = first.id;
  select.disabled = false;
  select.addEventListener("change", () => void choose(select.value).catch(showProblem));
  return first.id;
}

/** The tour by its button, or at once where the address asks for it: `/demo?tour=true`. */
function offerTour(third: string): void {
  const button = byId<HTMLButtonElement>("tour");
  const token = (): string => panes[0]?.signed?.token ?? "";
  const show = async (): Promise<void> => {
    button.disabled = true;
    await tour({
      panes,
      third,
      ask,
      undo: undoIt,
      kill: () => killWorker(panes[0]?.workerName ?? "", token()),
      flush: () => flushValkey(token()),
      note,
    });
    button.disabled = false;
  };
  button.disabled = false;
  button.addEventListener("click", () => void show());
  if (new URL(location.href).searchParams.get("tour") === "true") void show();
}

function showProblem(error: unknown): void {
  const off = error instanceof Problem && error.status === 404;
  const text = off
    ? "The live demo is part of `draftwire dev`; this server runs without it."
    : sentence(error);
  note(text);
  say(byId("break-note"), text);
}

async function start(): Promise<void> {
  const { users } = await devInfo();
  const two = users.slice(0, 2);
  for (const [i, user] of two.entries()) panes.push(new Pane(user.name, user.title, i === 0 ? 0 : 1, { note, changed }));
  byId("editors").replaceChildren(...panes.map(({ element }) => element));
  const [api] = await Promise.all(panes.map((pane) => pane.connect()));
  if (api === undefined) return;
  offerBreakages();
  byId("ask").addEventListener("click", () => void ask());
  byId("undo-run").addEventListener("click", () => void undoIt().catch(showProblem));
  const item = fillPicker((await api.items.list()).items);
  if (item === null) return;
  await choose(item).catch(showProblem);
  void compareForEver();
  offerTour(users.find(({ role }, i) => i > 1 && role === "editor")?.name ?? users[0]?.name ?? "");
}

// For tests, and for the curious: what the editors show, whole, as the page itself draws only what is in sight.
Object.assign(window, { demo: { texts: () => panes.map(({ text }) => text) } });

start().catch(showProblem);
