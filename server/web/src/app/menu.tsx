/** A button with a menu: arrow keys, Home, End, letters; Esc and a click elsewhere close it. */

import { useLayoutEffect, useRef, useState } from "preact/hooks";

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
    const entries = [...(list.current?.querySelectorAll("button") ?? [])];
    const now = entries.indexOf(document.activeElement as HTMLButtonElement);
    const step = { ArrowDown: now + 1, ArrowUp: now - 1 + entries.length, Home: 0, End: entries.length - 1 }[event.key];
    const letter = event.key.length === 1 ? event.key.toLowerCase() : null;
    const target =
      step !== undefined
        ? entries[step % entries.length]
        : letter !== null && !event.ctrlKey && !event.metaKey
          ? [...entries.slice(now + 1), ...entries].find((entry) => entry.textContent?.trim().toLowerCase().startsWith(letter))
          : undefined;
    if (event.key === "Tab") setOpen(false);
    if (target === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    target.focus();
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
