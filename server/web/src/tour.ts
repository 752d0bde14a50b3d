/**
 * The guided tour of the demo: nine things, all but the last of which happen for real, told in a line each; a minute, or skipped.
 *
 * Every step does what the page's own buttons do. A step that is refused says so and the tour goes on.
 */

import type { Api, JsonObject, rest } from "draftwire";
import { callsAs, sentence } from "./calls.js";
import { signIn } from "./dev.js";
import { make, say } from "./dom.js";
import fifteenLines from "./fifteen-lines.html?raw";
import type { Pane } from "./pane.js";

export interface Stage {
  panes: readonly Pane[];
  /** A demo user beside the two of the panes. */
  third: string;
  ask: () => Promise<unknown>;
  /** Undo what the assistant wrote last. */
  undo: () => Promise<unknown>;
  kill: () => Promise<unknown>;
  flush: () => Promise<unknown>;
  note: (text: string) => void;
}

interface Step {
  text: string;
  lasts_s: number;
  /** Shown as code beside it. */
  code?: string;
  act: (stage: Stage) => Promise<unknown>;
}

const STEPS: readonly Step[] = [
  { text: "Two people type in one draft, each on a server of their own.", lasts_s: 10, act: async ({ panes }) => type(panes, true) },
  { text: "An AI session joins in the same function, with a caret and a face of its own: nobody takes it for a person.", lasts_s: 10, act: ({ ask }) => ask() },
  { text: "Its run is undone with one click. What people typed around and inside it stays.", lasts_s: 5, act: ({ undo }) => undo() },
  { text: "Ada’s server is killed in mid-word. She types on; nothing that was saved is lost.", lasts_s: 7, act: ({ kill }) => kill() },
  { text: "Valkey forgets everything. Drafts live in PostgreSQL: nobody notices.", lasts_s: 5, act: ({ flush }) => flush() },
  { text: "Somebody else deploys another version. This draft is behind now, and goes on.", lasts_s: 6, act: deployElsewhere },
  { text: "One click brings in what they changed, while both go on typing.", lasts_s: 5, act: rebase },
  { text: "And the draft is deployed, while the assistant writes: exactly the state that was looked at.", lasts_s: 7, act: deployNow },
  { text: "All that a page of yours needs for a live editor are these lines.", lasts_s: 5, code: fifteenLines.trimEnd(), act: async () => undefined },
];

let stopped: (() => void) | null = null;

/** Show the tour from its beginning; resolves when it is over or skipped. */
export async function tour(stage: Stage): Promise<void> {
  stopped?.();
  let skipped = false;
  let wake = (): void => undefined;
  const text = make("p", { id: "tour-text", role: "status" });
  const code = make("pre", { class: "tour-code", hidden: true });
  const where = make("span", { class: "quiet small" });
  const bar = make("progress", { max: STEPS.length, value: 0, "aria-label": "How far the tour is" });
  const skip = make("button", { class: "button", type: "button" }, "Skip");
  const card = make("section", { class: "tour", "aria-label": "Guided tour" }, text, code, make("div", { class: "tour-foot" }, bar, where, skip));
  const end = (): void => {
    skipped = true;
    wake();
  };
  const escape = (event: KeyboardEvent): void => {
    if (event.key === "Escape") end();
  };
  stopped = end;
  skip.addEventListener("click", end);
  document.addEventListener("keydown", escape);
  document.body.append(card);
  try {
    for (const [i, step] of STEPS.entries()) {
      if (skipped) break;
      say(text, step.text);
      code.hidden = step.code === undefined;
      code.textContent = step.code ?? "";
      say(where, `${i + 1} of ${STEPS.length}`);
      bar.value = i + 1;
      const over = new Promise<void>((done) => {
        wake = done;
        window.setTimeout(done, step.lasts_s * 1000);
      });
      await step.act(stage).catch((error: unknown) => stage.note(`The tour: ${sentence(error)}`));
      await over;
    }
    type(stage.panes, false);
    if (skipped) return;
    say(text, "That was all real. Now break something yourself.");
    say(where, "");
    say(skip, "Close");
    await new Promise<void>((done) => (wake = done));
  } finally {
    type(stage.panes, false);
    document.removeEventListener("keydown", escape);
    card.remove();
    if (stopped === end) stopped = null;
  }
}

function type(panes: readonly Pane[], on: boolean): void {
  for (const pane of panes) pane.letType(on);
}

/** A third person changes another place in a draft of their own, and deploys it. */
async function deployElsewhere(stage: Stage): Promise<void> {
  const item = stage.panes[0]?.draft?.item ?? "";
  const { token, name, workspace } = await signIn(stage.third);
  const api = callsAs({ token: () => token, workspace: () => workspace });
  const mine = await api.drafts.ofItem(item, { purpose: "own" });
  const before = mine.value as JsonObject & { content?: string; summary?: string };
  const { content } = before;
  const sign = content?.includes("def ") ? "#" : "//";
  const value = content === undefined ? { ...before, summary: `${before.summary ?? ""} (reviewed)` } : { ...before, content: `${content.trimEnd()}\n\n${sign} Reviewed ${new Date().toISOString()}\n` };
  const saved = await api.drafts.save(mine.draft, { value }, { item, ifMatch: mine.etag });
  await api.deploys.deploy(mine.draft, { etag: saved.etag, expected_version: mine.base_version, item, message: "Reviewed" });
  stage.note(`${name} deployed another version`);
}

async function shared(stage: Stage): Promise<{ api: Api; draft: rest.DraftState; head: number }> {
  const [pane] = stage.panes;
  if (pane?.api == null) throw new Error("nobody is signed in");
  const item = pane.draft?.item ?? "";
  const draft = await pane.api.drafts.ofItem(item, { purpose: "shared" });
  const { head } = await pane.api.items.get(item, { include: ["none"] });
  return { api: pane.api, draft, head: head?.number ?? 0 };
}

async function rebase(stage: Stage): Promise<void> {
  const { api, draft, head } = await shared(stage);
  if (draft.base_version === head) return;
  await api.deploys.rebase(draft.draft, { version: head });
  stage.note(`The draft stands on version ${head}`);
}

async function deployNow(stage: Stage): Promise<void> {
  await stage.ask();
  await new Promise((done) => window.setTimeout(done, 3_500)); // it has read by then, and writes
  const { api, draft, head } = await shared(stage);
  const deployed = await api.deploys.deploy(draft.draft, { etag: draft.etag, expected_version: head, message: "Deployed from the tour" });
  stage.note(`Version ${deployed.version} is deployed; the assistant writes on`);
}
