/**
 * What browsers offer to secure origins alone (https, localhost), and what stands in for it elsewhere. Draftwire is run on
 * plain-http addresses within companies too: nothing else in the client and the pages asks for these members (a test).
 *
 * Random ids need no secure origin. Without locks there is no journal (`no_locks`): a page works, and what it leaves
 * unsent ends with it.
 */

import { Problem } from "../errors.js";

/** 128 random bits, URL-safe. */
export function randomId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return btoa(String.fromCharCode(...bytes))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replaceAll("=", "");
}

/** Locks that the loads of all pages of this origin share; null where there are none. */
export function sharedLocks(): LockManager | null {
  return (globalThis.navigator?.locks as LockManager | undefined) ?? null;
}

/** Put a text into the clipboard: resolves only when it is there. Raises Problem `unavailable`. */
export async function copyText(text: string): Promise<void> {
  const clipboard = navigator.clipboard as Clipboard | undefined;
  try {
    if (clipboard !== undefined) return await clipboard.writeText(text);
  } catch {
    // not allowed, or the page has not the focus: the older way may still go
  }
  if (!copiedBySelection(text)) throw new Problem("unavailable", "This browser does not let the page copy. Select the text and copy it with the keyboard.");
}

/** The way from before there was a clipboard to write to: what is selected is copied, for the time of one command. */
function copiedBySelection(text: string): boolean {
  const before = focusedElement();
  const area = document.createElement("textarea");
  area.value = text;
  area.setAttribute("readonly", ""); // no keyboard opens on a phone
  Object.assign(area.style, { position: "fixed", top: "0", opacity: "0" });
  (before?.closest("dialog") ?? document.body).append(area); // outside of an open dialog nothing takes the focus
  try {
    area.focus({ preventScroll: true });
    area.select();
    return document.execCommand("copy");
  } catch {
    return false;
  } finally {
    area.remove();
    before?.focus({ preventScroll: true });
  }
}

/** What has the focus, also within shadow roots, as an editor's text. */
export function focusedElement(): HTMLElement | null {
  let found: Element | null = document.activeElement;
  while (found?.shadowRoot?.activeElement) found = found.shadowRoot.activeElement;
  return found instanceof HTMLElement && found !== document.body ? found : null;
}
