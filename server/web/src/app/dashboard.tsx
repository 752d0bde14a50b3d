/** The dashboard: who is where, AI sessions, open conflicts, deploys as they come, and how much is edited. */

import { useEffect, useState } from "preact/hooks";
import { useActions } from "./actions.js";
import { AiSessions, Deploys, EditsOfPeople, EditsPerMinute, Figure, OpenConflicts, summed, WhoIsWhere } from "./dashboard-cards.js";
import { ROWS, sessionsOf, useActivity, useConflicts, useDeploys, useNames } from "./dashboard-news.js";
import { identity, present, watchWhereabouts, whereabouts } from "./listing.js";
import { route, search } from "./route.js";
import { me } from "./session.js";

export function Dashboard() {
  const names = useNames();
  const deploys = useDeploys();
  const conflicts = useConflicts();
  const { activity, trouble } = useActivity();
  const entries = [...whereabouts.value.at].flatMap(([item, list]) => present(list).map((entry) => ({ item, entry })));
  const people = entries.filter(({ entry }) => entry.actor.kind !== "agent");
  const sessions = sessionsOf(entries, activity);
  names.want([...entries, ...deploys, ...(activity?.items ?? []).slice(0, ROWS), ...sessions].map(({ item }) => item));
  return (
    <>
      <Head />
      <p role="alert" class="trouble">
        {trouble}
      </p>
      <dl class="figures">
        <Figure label="People here" value={new Set(people.map(({ entry }) => entry.actor.user)).size} />
        <Figure label="AI sessions at work" value={sessions.filter(({ live }) => live).length} />
        <Figure label="Open conflicts" value={conflicts?.reduce((all, row) => all + (row.conflicts ?? 0), 0)} bad />
        <Figure label="Edits in this minute" value={activity === null ? undefined : (summed(activity.items.map(({ edits }) => edits)).at(-1) ?? 0)} />
      </dl>
      <div class="board">
        <EditsPerMinute activity={activity} nameOf={names.of} />
        <div class="board-stack">
          <WhoIsWhere people={people} nameOf={names.of} />
          <OpenConflicts drafts={conflicts} />
        </div>
        <div class="board-stack">
          <AiSessions sessions={sessions} nameOf={names.of} />
        </div>
        <div class="board-stack board-deploys">
          <Deploys deploys={deploys} nameOf={names.of} />
          {activity?.counts_people && <EditsOfPeople people={activity.people ?? []} />}
        </div>
      </div>
    </>
  );
}

/** Of which workspace, and whether it is shown on a wall. */
function Head() {
  const here = route.value;
  const wall = here.page === "dashboard" && here.query.get("wall") === "true";
  const [workspace, setWorkspace] = useState(" ");
  useEffect(() => {
    document.title = "Dashboard · Draftwire";
    identity().then((who) => setWorkspace(who.workspace_name), () => undefined);
    return watchWhereabouts();
  }, [me.value]);
  useEffect(() => {
    document.documentElement.toggleAttribute("data-wall", wall);
    return () => document.documentElement.removeAttribute("data-wall");
  }, [wall]);
  const toggleWall = (): void => search({ wall: wall ? null : "true" }, "push");
  useActions(
    [
      { id: "wall", label: wall ? "Leave the wall screen" : "Show on a wall screen", key: "w", group: "Show", run: toggleWall },
      ...(wall ? [{ id: "wall-off", label: "Leave the wall screen", key: "Escape", group: "Show", run: toggleWall }] : []),
    ],
    [wall],
  );
  return (
    <div class="page-head">
      <h1>{workspace} now</h1>
      {whereabouts.value.unknown && <span class="quiet small">Who is where is not known in full just now</span>}
      <button class="button" type="button" aria-pressed={wall} aria-keyshortcuts="w" onClick={toggleWall}>
        {wall ? "Leave the wall screen" : "Wall screen"}
      </button>
    </div>
  );
}
