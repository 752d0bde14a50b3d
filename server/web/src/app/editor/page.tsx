/** `/items/<item>`: an item, one of its drafts, one of its versions, or the difference of two of them. */

import { useEffect, useMemo } from "preact/hooks";
import { useActions, written } from "../actions.js";
import { api } from "../api.js";
import { useOpened } from "../menu.js";
import { at, go, route, search, to } from "../route.js";
import { howMany, useUses } from "../used-by.js";
import { Badge, isMine } from "./badge.js";
import { Banners } from "./banners.js";
import { Desk } from "./desk.js";
import { lazy } from "./lazy.js";
import { Following, follow, People } from "./people.js";
import { StatusLine } from "./status.js";
import { attempt, toast, Toasts, undoLast } from "./toasts.js";
import { Workbench } from "./workbench.js";

const Panel = lazy(() => import("./panels.js"));
const Beside = lazy(() => import("./beside.js"));
const ForkDialog = lazy(() => import("./fork.js"));
const DiffPage = lazy(() => import("./diff-page.js"));

export default function ItemPage({ item }: { item: string }) {
  const desk = useMemo(() => new Desk(item), [item]);
  useEffect(() => () => desk.close(), [desk]);
  const here = route.value;
  const rest = here.page === "item" ? here.rest : [];
  const query = here.page === "item" ? here.query : new URLSearchParams();
  const [what = "", which = ""] = rest;
  const draft = what === "drafts" ? which : null;
  const state = query.get("state");
  useEffect(() => {
    if (what === "versions" && Number(which) > 0) void desk.open(null).then(() => attempt(() => desk.lookAtVersion(Number(which))));
    else void desk.open(draft);
  }, [desk, what === "diff" ? "" : what, what === "diff" ? "" : which]);
  useEffect(() => {
    if (desk.draft.value === null) return;
    if (state === null) {
      if (desk.view.value.kind === "state") desk.backToDraft();
    } else void attempt(() => desk.lookAtState(state, "then"));
  }, [desk, state, desk.draft.value]);
  const look = desk.look.value;
  useEffect(() => {
    document.title = look === null ? "Draftwire" : `${look.summary || look.path || look.kind} · Draftwire`;
  }, [look]);

  const panel = query.get("panel");
  const live = desk.draft.value !== null && desk.view.value.kind === "draft";
  useItemActions(desk, query);
  if (desk.failed.value !== null) return <NothingHere unreachable={desk.failed.value === "unavailable"} />;
  return (
    <div class="editor" data-panel={panel === null ? undefined : ""}>
      <header class="editor-bar">
        <Title desk={desk} />
        <Badge desk={desk} />
        <span class="editor-space" />
        <StatusLine desk={desk} />
        <People desk={desk} />
        <DeployButton desk={desk} />
      </header>
      <Toasts />
      <Banners desk={desk} />
      <Following desk={desk} />
      <div class="editor-body">
        {what === "diff" ? (
          <DiffPage desk={desk} from={query.get("from") ?? "deployed"} to={query.get("to") ?? "mine"} />
        ) : (
          <Workbench desk={desk} />
        )}
        {query.get("beside") !== null && what !== "diff" && live && (
          <Beside desk={desk} />
        )}
        {panel !== null && (
          <Panel desk={desk} name={panel} />
        )}
      </div>
      {query.get("fork") !== null && <ForkDialog desk={desk} />}
    </div>
  );
}

/** What can be done with the item, by the palette and by keys. */
function useItemActions(desk: Desk, query: URLSearchParams): void {
  const { item } = desk;
  const panel = query.get("panel");
  const ready = desk.look.value !== null;
  const live = desk.draft.value !== null && desk.view.value.kind === "draft";
  useActions(
    [
      { id: "deploy", label: "Deploy…", key: "mod+Enter", group: "Item", disabled: !live, run: () => search({ panel: "deploy" }, "push") },
      { id: "save", label: "Save", key: "mod+s", group: "Item", run: () => save(desk) },
      { id: "history", label: "History and versions", key: "g h", group: "Item", disabled: !ready, run: () => search({ panel: "history" }, "push") },
      { id: "diff", label: "What differs from what is deployed", key: "g d", group: "Item", disabled: !live, run: () => go(`${at(item, "diff")}?from=deployed&to=${desk.draft.value?.id ?? "mine"}`) },
      { id: "beside", label: "Deployed version beside it", group: "Item", disabled: !live || desk.head === 0, run: () => search({ beside: query.get("beside") === null ? "deployed" : null }, "push") },
      { id: "agents", label: "AI sessions", key: "g a", group: "Item", disabled: !ready, run: () => search({ panel: "agents", run: null }, "push") },
      { id: "suggestions", label: "Suggested changes", key: "g m", group: "Item", disabled: (desk.suggestions.value?.all.value ?? []).length === 0, run: () => search({ panel: "suggestions" }, "push") },
      { id: "used", label: "What uses this item", key: "g u", group: "Item", disabled: !ready, run: () => search({ panel: "used" }, "push") },
      { id: "json", label: "As JSON", key: "g j", group: "Item", disabled: !ready, run: () => search({ panel: "json" }, "push") },
      { id: "stash", label: "My stash", key: "g s", group: "Item", run: () => search({ panel: "stash" }, "push") },
      { id: "sharing", label: "Who can see and type", group: "Item", disabled: !live || !isMine(desk), run: () => search({ panel: "sharing" }, "push") },
      { id: "conflicts", label: "Conflicts", key: "g c", group: "Item", disabled: desk.alerts.value.length === 0, run: () => search({ panel: "conflicts" }, "push") },
      { id: "behind", label: "Bring in the newer version", group: "Item", disabled: desk.behind.value === null, run: () => search({ panel: "behind" }, "push") },
      { id: "revert", label: "Revert changes", group: "Item", disabled: !live || !desk.typable, run: () => void attempt(() => desk.replace((id) => api.deploys.revert(id, { version: desk.head }), `The draft reads as version ${desk.head}.`)) },
      { id: "undo-edit", label: "Undo my last edit", group: "Item", disabled: !live || !desk.typable, run: () => desk.turn("undo") },
      { id: "redo-edit", label: "Redo my last edit", group: "Item", disabled: !live || !desk.typable, run: () => desk.turn("redo") },
      { id: "undo", label: "Undo what was said last", key: "u", group: "Item", run: undoLast },
      { id: "autosave", label: desk.local.value === null ? "Switch autosave off" : "Switch autosave on", group: "Item", disabled: !live || !isMine(desk), run: () => (desk.local.value?.changed ? search({ panel: "local" }) : desk.setAutosave(desk.local.value !== null)) },
      ...desk.here.value
        .filter((entry) => entry.draft != null && entry.draft === desk.draft.value?.id)
        .map((entry) => ({ id: `follow-${entry.sid}`, label: `Follow ${entry.actor.name}`, group: "People", run: () => follow(desk, entry) })),
      { id: "close-panel", label: "Close what is open beside the text", key: "Escape", group: "Item", disabled: panel === null, run: () => search({ panel: null, alert: null }) },
      { id: "fork", label: "Fork into a new item", group: "Item", disabled: !ready, run: () => search({ fork: "1" }, "push") },
    ],
    [desk, ready, live, desk.head, desk.alerts.value.length, desk.behind.value, desk.local.value, desk.here.value, panel],
  );
}

function NothingHere({ unreachable }: { unreachable: boolean }) {
  return (
    <div class="empty">
      <h1>There is nothing here</h1>
      <p>{unreachable ? "Or the server can’t be reached right now." : "Or it is nothing that you may see."}</p>
      <a class="button" href={to("/")}>
        To the items
      </a>
    </div>
  );
}

/** What the item is called, where it lies, and how many others use it. */
function Title({ desk }: { desk: Desk }) {
  const look = desk.look.value;
  const used = useUses(look?.item ?? null);
  return (
    <div class="editor-title">
      <h1>{look === null ? " " : look.summary || look.path || look.kind}</h1>
      <p class="quiet small editor-where">
        <span>
          {look === null ? " " : `${desk.kind.value?.title ?? look.kind}${look.path === null ? "" : ` · ${look.path}`}`}
          {look?.archived ? " · archived" : ""}
        </span>
        {used !== null && used.items.length > 0 && (
          <button class="text-button" type="button" aria-label={`Used by ${howMany(used)}`} onClick={() => search({ panel: "used" }, "push")}>
            Used by {used.items.length}
            {used.next ? "+" : ""}
          </button>
        )}
      </p>
    </div>
  );
}

/** Said for those whose hands know it; with autosave off it leads to where the edits are saved. */
function save(desk: Desk): void {
  if (desk.local.value !== null) search({ panel: "local" }, "push");
  else toast({ text: desk.status.value === "saved" ? "Everything is saved." : "It is saved as you type." });
}

function DeployButton({ desk }: { desk: Desk }) {
  const { box, open, toggle, close, keyed } = useOpened();
  const choose = (what: Record<string, string>) => (): void => {
    close();
    search(what, "push");
  };
  const draft = desk.draft.value;
  const view = desk.view.value;
  if (view.kind === "version" && view.version.number > 0 && view.version.number !== desk.head) {
    const { number } = view.version;
    return (
      <button class="button" data-primary type="button" onClick={() => void attempt(() => desk.redeploy(number, desk.head, `Roll back to version ${number}`))}>
        Roll back to version {number}
      </button>
    );
  }
  const off = draft === null || view.kind !== "draft" || (isMine(desk) && desk.may.value === "look");
  return (
    <div class="split" ref={box} onKeyDown={keyed}>
      <button class="button" data-primary type="button" disabled={off} title={written("mod+Enter")} onClick={() => search({ panel: "deploy" }, "push")}>
        Deploy
      </button>
      <button class="button" data-primary type="button" aria-label="More ways" aria-haspopup="menu" aria-expanded={open} onClick={toggle}>
        ▾
      </button>
      {open && (
        <div class="menu menu-right" role="menu" aria-label="More ways">
          <button role="menuitem" type="button" tabIndex={-1} onClick={choose({ fork: "1" })}>
            Fork into a new item
          </button>
          <button role="menuitem" type="button" tabIndex={-1} onClick={choose({ panel: "history" })}>
            History and roll back
          </button>
        </div>
      )}
    </div>
  );
}
