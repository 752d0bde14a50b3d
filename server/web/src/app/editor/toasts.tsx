/**
 * What was just done, in a corner: said once, with an Undo where there is one. It takes no focus, and stays while the
 * pointer or the focus is on it.
 */

import { signal } from "@preact/signals";
import { copyText } from "draftwire";
import { sentence } from "../../calls.js";

const SHOWN_S = 10;
const MOST = 3; // on screen; the oldest goes first

interface Toast {
  text: string;
  undo?: () => void | Promise<unknown>;
  label?: string;
  seconds?: number;
}

let number = 0;
const timers = new Map<number, number>();
const shown = signal<readonly (Toast & { id: number })[]>([]);

export function toast(said: Toast): void {
  const id = ++number;
  shown.value = [...shown.value, { ...said, id }].slice(-MOST);
  goLater(id, said.seconds ?? SHOWN_S);
}

function goLater(id: number, inS: number): void {
  stay(id);
  timers.set(id, window.setTimeout(() => dismiss(id), inS * 1000));
}

/** Undo what was said last, if it can be undone. */
export function undoLast(): void {
  const last = shown.value.findLast((one) => one.undo !== undefined);
  if (last !== undefined) void act(last);
}

/** Do something; a refusal is said. What is done only if it went well belongs into `doing`, not behind the answer. */
export async function attempt<T>(doing: () => Promise<T>): Promise<T | null> {
  try {
    return await doing();
  } catch (error) {
    toast({ text: sentence(error) });
    return null;
  }
}

/** Copy a text; that it is copied is said only when it is. */
export function copy(text: string, said = "It is copied."): void {
  void attempt(async () => {
    await copyText(text);
    toast({ text: said });
  });
}

export function Toasts() {
  return (
    <div class="toasts" role="status" aria-live="polite">
      {shown.value.map((one) => (
        <div class="toast" key={one.id} onMouseEnter={() => stay(one.id)} onFocusCapture={() => stay(one.id)} onMouseLeave={() => goLater(one.id, SHOWN_S)} onBlurCapture={() => goLater(one.id, SHOWN_S)}>
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

function stay(id: number): void {
  window.clearTimeout(timers.get(id));
}

function dismiss(id: number): void {
  stay(id);
  timers.delete(id);
  shown.value = shown.value.filter((one) => one.id !== id);
}
