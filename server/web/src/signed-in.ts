/** Who this tab is: kept for the tab alone, so that two tabs can be two people. */

import type { SignedIn } from "./dev.js";

const KEPT = "draftwire.signed-in";

/** Who this tab is, if anybody. */
export function kept(): SignedIn | null {
  const text = sessionStorage.getItem(KEPT);
  return text === null ? null : (JSON.parse(text) as SignedIn);
}

/** Be somebody in this tab. */
export function keep(who: SignedIn): void {
  sessionStorage.setItem(KEPT, JSON.stringify(who));
}

/** Be nobody again. */
export function forget(): void {
  sessionStorage.removeItem(KEPT);
}
