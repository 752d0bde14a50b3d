/** The workspace: its items by folder, the drafts, and what was deleted. What is shown stands in the address. */

import { useEffect, useState } from "preact/hooks";
import type { rest } from "draftwire";
import { useActions } from "./actions.js";
import { Deleted } from "./deleted.js";
import { DraftTable } from "./draft-table.js";
import { api } from "./api.js";
import { ItemDialog } from "./item-dialogs.js";
import type { Wanted } from "./item-dialogs.js";
import { Items } from "./items.js";
import { identity, watchWhereabouts, whereabouts } from "./listing.js";
import { route, search, to } from "./route.js";
import { me } from "./session.js";

export function Workspace() {
  const here = route.value;
  const query = here.page === "workspace" ? here.query : new URLSearchParams();
  const tab = query.get("tab") ?? "items";
  const [who, setWho] = useState<rest.Me | null>(null);
  const [kinds, setKinds] = useState<readonly rest.KindInfo[]>([]);
  const [folders, setFolders] = useState<readonly rest.Folder[]>([]);
  const [wanted, setWanted] = useState<Wanted | null>(null);
  const [round, setRound] = useState(0); // another look at the list
  const again = (): void => setRound((number) => number + 1);
  useEffect(() => {
    identity().then(setWho, () => undefined);
    api.kinds.list().then((said) => setKinds(said.kinds), () => undefined);
    api.folders.list().then((said) => setFolders(said.folders), () => undefined);
    return watchWhereabouts();
  }, [me.value]);
  useEffect(() => {
    document.title = `${tab === "drafts" ? "Drafts" : tab === "deleted" ? "Deleted items" : "Items"} · Draftwire`;
  }, [tab]);
  useActions(
    [
      { id: "new-item", label: "New item", key: "c", group: "Make", run: () => setWanted({ do: "make", kind: "script" }) },
      ...kinds.map(({ name, title }) => ({
        id: `new-${name}`,
        label: `New item: ${title}`,
        group: "Make",
        run: () => setWanted({ do: "make", kind: name }),
      })),
      { id: "tab-items", label: "Show items", key: "g i", group: "Show", run: () => search({ tab: null }, "push") },
      { id: "tab-drafts", label: "Show drafts", key: "g d", group: "Show", run: () => search({ tab: "drafts" }, "push") },
      { id: "tab-deleted", label: "Show deleted items", group: "Show", run: () => search({ tab: "deleted" }, "push") },
    ],
    [kinds],
  );
  const shared = { who, kinds, folders, round, again, want: setWanted };
  return (
    <>
      <div class="page-head">
        <h1>{who?.workspace_name ?? " "}</h1>
        <nav class="tabs" aria-label="Lists">
          {(["items", "drafts", "deleted"] as const).map((name) => (
            <a key={name} href={name === "items" ? to("/") : to("/", { tab: name })} aria-current={tab === name ? "page" : undefined}>
              {name === "items" ? "Items" : name === "drafts" ? "Drafts" : "Deleted"}
            </a>
          ))}
        </nav>
        {whereabouts.value.unknown && (
          <span class="quiet small" title="Nothing that is typed gets lost by that.">
            Who is where is not known in full just now
          </span>
        )}
        <button class="button" data-primary type="button" aria-keyshortcuts="c" onClick={() => setWanted({ do: "make", kind: "script" })}>
          New item
        </button>
      </div>
      {tab === "drafts" ? (
        <DraftTable who={who} kinds={kinds} />
      ) : tab === "deleted" ? (
        <Deleted kinds={kinds} />
      ) : (
        <Items query={query} {...shared} />
      )}
      {wanted !== null && <ItemDialog wanted={wanted} kinds={kinds} folders={folders} close={() => setWanted(null)} done={again} />}
    </>
  );
}
