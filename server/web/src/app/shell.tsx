/** What stands around every page: the bar, the palette, and who is signed in. */

import { useEffect, useState } from "preact/hooks";
import { actions, paletteOpen, useActions, written } from "./actions.js";
import { Dashboard } from "./dashboard.js";
import { lazy } from "./editor/lazy.js";
import { GivenElsewhere } from "./given.js";
import { identity } from "./listing.js";
import { attempt, Notices } from "./notice.js";
import { Palette } from "./palette.js";
import { Person } from "./person.js";
import { go, route, to, toSignIn } from "./route.js";
import { me, signOut as leaveForGood } from "./session.js";
import { SignIn } from "./sign-in.js";
import { Workspace } from "./workspace.js";

const ItemPage = lazy(() => import("./editor/page.js"));
const RunPage = lazy(() => import("./run-page.js"));

export function Shell() {
  const who = me.value;
  const here = route.value;
  useActions(
    who === null
      ? []
      : [
          { id: "go-items", label: "Go to the items", key: "g i", group: "Go", run: () => go(to("/")) },
          { id: "go-dashboard", label: "Go to the dashboard", key: "g b", group: "Go", run: () => go(to("/dashboard")) },
          { id: "be-another", label: "Sign in as somebody else", group: "You", run: () => go(toSignIn()) },
          { id: "sign-out", label: "Sign out", group: "You", run: () => void signOut() },
        ],
    [who],
  );
  useEffect(() => {
    if (who === null && here.page !== "sign-in") go(toSignIn(), "replace");
  }, [who, here]);
  return (
    <>
      <header class="top">
        <a class="brand" href={to("/")} aria-label="Draftwire: to the items">
          <img src={`${to("/static/icon.svg")}`} alt="" width="24" height="24" />
          <span>Draftwire</span>
        </a>
        {who !== null && (
          <>
            <nav aria-label="Pages">
              <a href={to("/")} aria-current={here.page === "workspace" ? "page" : undefined}>
                Items
              </a>
              <a href={to("/dashboard")} aria-current={here.page === "dashboard" ? "page" : undefined}>
                Dashboard
              </a>
            </nav>
            <button class="palette-button" type="button" onClick={() => (paletteOpen.value = true)} aria-keyshortcuts="Control+K Meta+K">
              <span>
                Search<span class="narrow-hidden"> and commands</span>
              </span> <kbd>{written("mod+k")}</kbd>
            </button>
            <You name={who.name} />
          </>
        )}
      </header>
      {who !== null && <GivenElsewhere />}
      <main id="main" tabIndex={-1} data-page={here.page}>
        {page()}
      </main>
      <Notices />
      {paletteOpen.value && <Palette actions={actions.value} close={() => (paletteOpen.value = false)} />}
    </>
  );
}

/** Who one is, in one's colour. */
function You({ name }: { name: string }) {
  const [user, setUser] = useState("");
  useEffect(() => {
    identity().then(({ actor }) => setUser(actor.user), () => undefined);
  }, [me.value]);
  return (
    <a class="who" href={to("/sign-in")} aria-label={`You are ${name}. Be somebody else.`}>
      <Person actor={{ kind: "user", name, user }} />
    </a>
  );
}

function page() {
  const here = route.value;
  if (here.page === "sign-in") return <SignIn next={here.query.get("next")} />;
  if (me.value === null) return null;
  switch (here.page) {
    case "workspace":
      return <Workspace />;
    case "dashboard":
      return <Dashboard />;
    case "run":
      return <RunPage key={here.run} run={here.run} />;
    case "item":
      return <ItemPage key={here.item} item={here.item} />;
    default:
      return <Nothing />;
  }
}

/** What is not there, and what one may not see, look the same. */
export function Nothing() {
  return (
    <div class="empty">
      <h1>There is nothing here</h1>
      <p>Or it is nothing that you may see.</p>
      <a class="button" href={to("/")}>
        To the items
      </a>
    </div>
  );
}

async function signOut(): Promise<void> {
  await attempt(leaveForGood); // also where the browser's storage can't be wiped: that is said
  go(to("/sign-in"));
}
