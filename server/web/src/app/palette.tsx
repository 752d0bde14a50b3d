/** ⌘K: every action of the page that is shown, with its key, and the items that answer what is typed. */

import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { written } from "./actions.js";
import type { Action } from "./actions.js";
import { api } from "./api.js";
import { kindWord } from "./kind.js";
import { at, go } from "./route.js";

const TYPING_MS = 150;
const ITEMS = 8;
const LEAST = 2; // letters, before items are asked for

/** Items with these words, as actions that go there. */
function useItems(text: string): readonly Action[] {
  const [found, setFound] = useState<readonly Action[]>([]);
  useEffect(() => {
    const q = text.trim();
    if (q.length < LEAST) return setFound([]);
    const stop = new AbortController();
    const timer = window.setTimeout(() => {
      api.items.list({ q, order: "rank", limit: ITEMS, signal: stop.signal }).then(
        ({ items }) =>
          setFound(
            items.map(({ id, kind, path, summary }) => ({
              id: `item-${id}`,
              label: summary || path || "Without a name",
              group: `${kindWord(kind)}${path === null || summary === "" ? "" : ` · ${path}`}`,
              run: () => go(at(id)),
            })),
          ),
        () => undefined, // commands are found all the same
      );
    }, TYPING_MS);
    return () => {
      window.clearTimeout(timer);
      stop.abort();
    };
  }, [text]);
  return found;
}

export function Palette({ actions, close }: { actions: readonly Action[]; close: () => void }) {
  const dialog = useRef<HTMLDialogElement>(null);
  const [text, setText] = useState("");
  const [chosen, setChosen] = useState(0);
  useLayoutEffect(() => {
    dialog.current?.showModal();
  }, []);
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  const items = useItems(text);
  const commands = [...new Map(actions.map((action) => [action.id, action])).values()].filter(
    (action) => !action.disabled && words.every((word) => `${action.group ?? ""} ${action.label}`.toLowerCase().includes(word)),
  );
  const found = [...commands, ...items];
  useEffect(() => {
    document.getElementById(`palette-${chosen}`)?.scrollIntoView({ block: "nearest" });
  }, [chosen]);
  // At once: the focus is back where it was and the next key is the page's, while the event `close` comes only later.
  const shut = (): void => {
    dialog.current?.close();
    close();
  };
  const run = (action: Action | undefined): void => {
    if (action === undefined) return;
    shut();
    action.run();
  };
  const keyed = (event: KeyboardEvent): void => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step !== undefined && found.length > 0) {
      event.preventDefault();
      setChosen((chosen + step + found.length) % found.length);
    } else if (event.key === "Enter") {
      event.preventDefault();
      run(found[chosen]);
    }
  };
  return (
    <dialog
      ref={dialog}
      class="palette"
      aria-label="Commands"
      onCancel={shut}
      onClose={close}
      onClick={(event) => event.target === dialog.current && shut()}
    >
      <input
        type="text"
        role="combobox"
        aria-expanded="true"
        aria-controls="palette-list"
        aria-activedescendant={found[chosen] === undefined ? undefined : `palette-${chosen}`}
        aria-label="Find a command or an item"
        placeholder="What do you want to do?"
        value={text}
        onInput={(event) => {
          setText(event.currentTarget.value);
          setChosen(0);
        }}
        onKeyDown={keyed}
      />
      <ul id="palette-list" role="listbox" aria-label="Commands">
        {found.map((action, i) => (
          <li id={`palette-${i}`} key={action.id} role="option" aria-selected={i === chosen} onClick={() => run(action)}>
            <span>{action.label}</span>
            {i >= commands.length && <span class="quiet small">{action.group}</span>}
            {action.key !== undefined && <kbd>{written(action.key)}</kbd>}
          </li>
        ))}
      </ul>
      {found.length === 0 && <p class="quiet">No command and no item is called so.</p>}
    </dialog>
  );
}
