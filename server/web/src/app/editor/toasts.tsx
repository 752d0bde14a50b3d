/** What was just done, in a corner: said once, with an Undo where there is one. It takes no focus. */

import { signal } from "@preact/signals";
import { sentence } from "../http.js";

const SHOWN_S = 10;
const MOST = 3; // on screen; the oldest goes first

interface Toast {
  text: string;
  undo?: () => void | Promise<unknown>;
  label?: string;
  seconds?: number;
}

let number = 0;
const shown = signal<readonly (Toast & { id: number })[]>([]);

export function toast(said: Toast): void {
  const id = ++number;
  shown.value = [...shown.value, { ...said, id }].slice(-MOST);
  window.setTimeout(() => dismiss(id), (said.seconds ?? SHOWN_S) * 1000);
}

/** Undo what was said last, if it can be undone. */
export function undoLast(): void {
  const last = shown.value.findLast((one) => one.undo !== undefined);
  if (last !== undefined) void act(last);
}

/** Do something; a refusal is said. */
export async function attempt<T>(doing: () => Promise<T>): Promise<T | null> {
  try {
    return await doing();
  } catch (error) {
    toast({ text: sentence(error) });
    return null;
  }
}

export function Toasts() {
  return (
    <div class="toasts" role="status" aria-live="polite">
      {shown.value.map((one) => (
        <div class="toast" key={one.id}>
          <span>{one.text}</span>
          {one.undo !== undefined && (
            <button class="button" type="button" onClick={() => void act(one)}>
              {one.label ?? "Undo"}
            </button>
          )}
          <button class="icon-button" type="button" aria-label="Dismiss" onClick={() => dismiss(one.id)}>
            ×
          </button>
        </div>
      ))}
    </div>
  );
}

async function act(one: Toast & { id: number }): Promise<void> {
  dismiss(one.id);
  await attempt(async () => one.undo?.());
}

function dismiss(id: number): void {
  shown.value = shown.value.filter((one) => one.id !== id);
}
