/** What was just done, with its way back; one at a time, until the next one or until it is put away. */

import { signal } from "@preact/signals";
import { sentence } from "../calls.js";

interface Notice {
  text: string;
  undo?: () => Promise<unknown>;
  bad?: boolean;
}

const notice = signal<Notice | null>(null);

export function tell(text: string, undo?: () => Promise<unknown>): void {
  notice.value = undo === undefined ? { text } : { text, undo };
}

/** Do something; a refusal is told, and answered with false. */
export async function attempt(what: () => Promise<unknown>): Promise<boolean> {
  try {
    await what();
    return true;
  } catch (error) {
    notice.value = { text: sentence(error), bad: true };
    return false;
  }
}

export function Notices() {
  const shown = notice.value;
  const undo = shown?.undo;
  return (
    <div class="notices" role={shown?.bad ? "alert" : "status"}>
      {shown !== null && (
        <div class="notice" data-bad={shown.bad ? "" : undefined}>
          <span>{shown.text}</span>
          {undo !== undefined && (
            <button class="button" type="button" onClick={() => void attempt(undo).then((done) => done && tell("Taken back."))}>
              Undo
            </button>
          )}
          <button class="icon-button" type="button" aria-label="Put this away" onClick={() => (notice.value = null)}>
            ✕
          </button>
        </div>
      )}
    </div>
  );
}
