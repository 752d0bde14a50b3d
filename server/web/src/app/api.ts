/** Calls of the pages: in the workspace and with the token of who is signed in. */

import { Problem } from "draftwire";
import { callsAs } from "../calls.js";
import type { SignedIn } from "../dev.js";
import { me, signedOut } from "./session.js";

export const api = callsAs({ token: () => somebody().token, workspace: () => somebody().workspace, refused: signedOut });

function somebody(): SignedIn {
  if (me.value === null) throw new Problem("unauthenticated", "Nobody is signed in.");
  return me.value;
}
