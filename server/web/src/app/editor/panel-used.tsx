/** What uses this item. */

import { UsedByList } from "../used-by.js";
import type { Desk } from "./desk.js";

export function UsedPanel({ desk }: { desk: Desk }) {
  return (
    <>
      <p class="quiet">
        Items whose live versions name this one, by its path or a former one. Drafts don’t count until they are deployed.
      </p>
      <UsedByList item={desk.item} />
    </>
  );
}
