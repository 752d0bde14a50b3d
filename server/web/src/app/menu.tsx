/** What opens at a button: arrow keys, Home, End, letters in a menu; Esc and a click elsewhere close it. */

import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import type { RefObject } from "preact";

export interface Choice {
  label: string;
  bad?: boolean;
  run: () => void;
}

export function Menu({ label, choices }: { label: string; choices: readonly Choice[] }) {
  const button = useRef<HTMLButtonElement>(null);
  const list = useRef<HTMLDivElement>(null);
  const [open, setOpen] = useState(false);
  useLayoutEffect(() => {
    if (!open) return;
    const menu = list.current;
    if (menu === null) return;
    const place = (): void => {
      const at = button.current?.getBoundingClientRect();
      if (at === undefined) return;
      const below = at.bottom + menu.offsetHeight + 8 <= innerHeight;
      menu.style.left = `${Math.max(8, at.right - menu.offsetWidth)}px`;
      menu.style.top = `${below ? at.bottom + 4 : Math.max(8, at.top - menu.offsetHeight - 4)}px`;
    };
    menu.showPopover(); // the top layer: no list clips it
    place();
    menu.querySelector("button")?.focus();
    window.addEventListener("scroll", place, { passive: true });
    window.addEventListener("resize", place);
    return () => {
      window.removeEventListener("scroll", place);
      window.removeEventListener("resize", place);
    };
  }, [open]);
  const keyed = (event: KeyboardEvent): void => {
    if (event.key === "Tab") setOpen(false);
    if (list.current !== null) step(list.current, event);
  };
  return (
    <>
      <button
        ref={button}
        class="icon-button"
        type="button"
        aria-haspopup="menu"
        aria-expanded={open}
        aria-label={label}
        onClick={() => setOpen(!open)}
      >
        ⋯
      </button>
      {open && (
        <div
          ref={list}
          class="menu"
          role="menu"
          popover="auto"
          aria-label={label}
          onKeyDown={keyed}
          onToggle={(event: ToggleEvent) => {
            if (event.newState !== "closed") return;
            setOpen(false);
            if (list.current?.contains(document.activeElement) || document.activeElement === document.body) button.current?.focus();
          }}
        >
          {choices.map(({ label, bad, run }) => (
            <button
              key={label}
              type="button"
              role="menuitem"
              tabIndex={-1}
              data-bad={bad ? "" : undefined}
              onClick={() => {
                button.current?.focus();
                setOpen(false);
                run();
              }}
            >
              {label}
            </button>
          ))}
        </div>
      )}
    </>
  );
}

/** Move the focus among the entries of a menu. */
function step(menu: Element, event: KeyboardEvent): void {
  const entries = [...menu.querySelectorAll<HTMLElement>('[role="menuitem"]')];
  const now = entries.indexOf(document.activeElement as HTMLElement);
  const to = { ArrowDown: now + 1, ArrowUp: now - 1 + entries.length, Home: 0, End: entries.length - 1 }[event.key];
  const letter = event.key.length === 1 ? event.key.toLowerCase() : null;
  const target =
    to !== undefined
      ? entries[to % entries.length]
      : letter !== null && !event.ctrlKey && !event.metaKey
        ? [...entries.slice(now + 1), ...entries].find((entry) => entry.textContent?.trim().toLowerCase().startsWith(letter))
        : undefined;
  if (target === undefined) return;
  event.preventDefault();
  event.stopPropagation();
  target.focus();
}

interface Opened {
  /** For the element around the button and what opens. */
  box: RefObject<HTMLDivElement | null>;
  open: boolean;
  toggle: () => void;
  /** Close it; the focus goes back to the button. */
  close: () => void;
  keyed: (event: KeyboardEvent) => void;
}

/** What opens below a button, within an element around both; a menu takes the focus. */
export function useOpened(): Opened {
  const [open, setOpen] = useState(false);
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (!open) return;
    box.current?.querySelector<HTMLElement>('[role="menuitem"]')?.focus();
    const away = (event: Event): void => {
      if (!(event.target instanceof Node && box.current?.contains(event.target))) setOpen(false);
    };
    document.addEventListener("pointerdown", away);
    return () => document.removeEventListener("pointerdown", away);
  }, [open]);
  const close = (): void => {
    setOpen(false);
    box.current?.querySelector<HTMLElement>("[aria-expanded]")?.focus();
  };
  const keyed = (event: KeyboardEvent): void => {
    if (!open) return;
    const menu = box.current?.querySelector('[role="menu"]') ?? null;
    if (event.key === "Escape") {
      event.stopPropagation();
      close();
    } else if (menu !== null && event.key === "Tab") setOpen(false);
    else if (menu !== null) step(menu, event);
  };
  return { box, open, toggle: () => setOpen(!open), close, keyed };
}
