/** The pages of a workspace: signs in, shows the page that the address names. */

import { render } from "preact";
import { base } from "../base.js";
import { listenForKeys } from "./actions.js";
import { go, listen, to } from "./route.js";
import { become, begin } from "./session.js";
import { Shell } from "./shell.js";

/** The address that `draftwire dev` prints: signs in, and is then the first page. */
async function signInByAddress(): Promise<void> {
  if (location.pathname !== `${base}/dev/sign-in`) return;
  const user = new URLSearchParams(location.search).get("user") ?? "";
  history.replaceState(null, "", to("/"));
  await become(user).catch(() => undefined);
}

async function start(): Promise<void> {
  listen();
  listenForKeys();
  await signInByAddress();
  await begin();
  go(location.href, "replace");
  const root = document.getElementById("app");
  if (root !== null) {
    root.replaceChildren();
    render(<Shell />, root);
  }
}

void start();
