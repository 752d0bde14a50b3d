/**
 * What can be done here and now: every page says its actions, the palette (⌘K, Ctrl K) lists them with their keys, and
 * the keys work everywhere on the page.
 */

import { signal } from "@preact/signals";
import { useEffect } from "preact/hooks";

export interface Action {
  id: string;
  label: string;
  /** As `mod+s`, `g d`: with `mod` ⌘ on a Mac and Ctrl elsewhere; two letters are typed one after the other. */
  key?: string;
  group?: string;
  disabled?: boolean;
  run: () => void;
}

export const actions = signal<readonly Action[]>([]);
export const paletteOpen = signal(false);

const MAC = /Mac|iPhone|iPad/.test(navigator.platform);
const CHORD_MS = 1_200;
let first: { key: string; atMs: number } | null = null;

/** Offer actions while a component is shown; the last one of an id counts. */
export function useActions(offered: readonly Action[], inputs: readonly unknown[]): void {
  useEffect(() => {
    actions.value = [...actions.value, ...offered];
    return () => {
      actions.value = actions.value.filter((action) => !offered.includes(action));
    };
    // eslint-disable-next-line -- the caller says what the actions depend on
  }, inputs as unknown[]);
}

/** A key as people write it. */
export function written(key: string): string {
  return key
    .split(" ")
    .map((part) =>
      part
        .split("+")
        .map((name) => (name === "mod" ? (MAC ? "⌘" : "Ctrl") : name === "shift" ? (MAC ? "⇧" : "Shift") : name.toUpperCase()))
        .join(MAC ? "" : "+"),
    )
    .join(" ");
}

/** Let the keys work. */
export function listenForKeys(): void {
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented) return; // what has the focus took it
    const pressed = keyOf(event);
    if (pressed === "mod+k") {
      event.preventDefault();
      paletteOpen.value = !paletteOpen.value;
      return;
    }
    if (paletteOpen.value || event.defaultPrevented || (!pressed.includes("mod+") && types(event.composedPath()[0]))) return;
    if (!pressed.includes("mod+") && document.querySelector("dialog[open]") !== null) return; // a dialog has its own keys
    const nowMs = performance.now();
    const chord = first !== null && nowMs - first.atMs < CHORD_MS ? `${first.key} ${pressed}` : null;
    const byKey = (key: string | null): Action | undefined =>
      key === null ? undefined : actions.value.findLast((action) => action.key === key && !action.disabled);
    const found = byKey(chord) ?? byKey(pressed);
    first = found === undefined && pressed.length === 1 ? { key: pressed, atMs: nowMs } : null;
    if (found === undefined) return;
    event.preventDefault();
    found.run();
  });
}

function keyOf(event: KeyboardEvent): string {
  const mod = MAC ? event.metaKey : event.ctrlKey;
  return `${mod ? "mod+" : ""}${event.shiftKey && event.key.length > 1 ? "shift+" : ""}${event.key.length === 1 ? event.key.toLowerCase() : event.key}`;
}

function types(target: EventTarget | null | undefined): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName));
}
