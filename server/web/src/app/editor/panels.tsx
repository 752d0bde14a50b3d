/** What opens beside the text. Each panel is a state of the address, so it survives reload, back and being sent. */

import { useEffect, useRef } from "preact/hooks";
import type { ComponentChildren } from "preact";
import { focusedElement } from "draftwire";
import { closePanel, panelAsked } from "../route.js";
import type { Desk } from "./desk.js";
import { AdoptPanel } from "./panel-adopt.js";
import { AgentsPanel } from "./panel-agents.js";
import { AwayPanel } from "./panel-away.js";
import { BehindPanel } from "./panel-behind.js";
import { ConflictsPanel } from "./panel-conflicts.js";
import { DeployPanel } from "./panel-deploy.js";
import { GivenPanel } from "./panel-given.js";
import { HistoryPanel } from "./panel-history.js";
import { JsonPanel } from "./panel-json.js";
import { LocalPanel } from "./panel-local.js";
import { SharingPanel } from "./panel-sharing.js";
import { StashPanel } from "./panel-stash.js";
import { SuggestionsPanel } from "./panel-suggestions.js";
import { UsedPanel } from "./panel-used.js";

const TOUCH = window.matchMedia("(pointer: coarse)");

const TITLES: Record<string, string> = {
  deploy: "Deploy",
  history: "History",
  conflicts: "Both wrote here",
  behind: "A newer version is live",
  stash: "My stash",
  sharing: "Who can see and type",
  json: "As JSON",
  adopt: "Adopt this draft",
  local: "Local edits",
  away: "While you were away",
  given: "What came back",
  agents: "AI sessions",
  suggestions: "Suggested changes",
  used: "Used by",
};

export default function Panel({ desk, name }: { desk: Desk; name: string }) {
  const title = TITLES[name];
  if (title === undefined) return null;
  return (
    <Frame title={title} key={name}>
      {inside(desk, name)}
    </Frame>
  );
}

function inside(desk: Desk, name: string) {
  switch (name) {
    case "deploy":
      return <DeployPanel desk={desk} />;
    case "history":
      return <HistoryPanel desk={desk} />;
    case "conflicts":
      return <ConflictsPanel desk={desk} />;
    case "behind":
      return <BehindPanel desk={desk} />;
    case "stash":
      return <StashPanel desk={desk} />;
    case "sharing":
      return <SharingPanel desk={desk} />;
    case "json":
      return <JsonPanel desk={desk} />;
    case "adopt":
      return <AdoptPanel desk={desk} />;
    case "given":
      return <GivenPanel desk={desk} />;
    case "suggestions":
      return <SuggestionsPanel desk={desk} />;
    case "used":
      return <UsedPanel desk={desk} />;
    case "agents":
      return <AgentsPanel desk={desk} />;
    case "local":
      return <LocalPanel desk={desk} />;
    default:
      return <AwayPanel desk={desk} />;
  }
}

/** Remember where the focus is; the answer brings it back there, or to the code if that was drawn anew meanwhile. */
function placeNow(): () => void {
  const before = focusedElement();
  const inCode = before?.getRootNode() instanceof ShadowRoot;
  return () => {
    const again = before?.isConnected ? before : inCode ? document.querySelector(".code-host")?.shadowRoot?.querySelector<HTMLElement>(".cm-content") : null;
    again?.focus({ preventScroll: true });
  };
}

function Frame({ title, children }: { title: string; children: ComponentChildren }) {
  const box = useRef<HTMLElement>(null);
  const place = useRef<() => void>(() => undefined);
  useEffect(() => () => place.current(), []);
  useEffect(() => {
    if (!box.current?.contains(document.activeElement)) place.current = placeNow();
    const begin = TOUCH.matches ? null : box.current?.querySelector<HTMLElement>("[data-begin]"); // no keyboard opens over the panel unasked
    (begin ?? box.current?.querySelector("h2"))?.focus({ preventScroll: true });
  }, [panelAsked.value]);
  return (
    <aside
      ref={box}
      class="panel"
      aria-label={title}
      onKeyDown={(event) => {
        if (event.key !== "Escape" || event.defaultPrevented) return;
        event.stopPropagation();
        closePanel();
      }}
    >
      <div class="panel-head">
        <h2 tabIndex={-1}>
          {title}
        </h2>
        <button class="icon-button" type="button" aria-label="Close" title="Close (Esc)" onClick={closePanel}>
          ×
        </button>
      </div>
      <div class="panel-body">{children}</div>
    </aside>
  );
}
