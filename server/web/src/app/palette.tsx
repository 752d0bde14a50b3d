/** ⌘K: every action of the page that is shown, with its key. */

import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { written } from "./actions.js";
import type { Action } from "./actions.js";

export function Palette({ actions, close }: { actions: readonly Action[]; close: () => void }) {
  const dialog = useRef<HTMLDialogElement>(null);
  const [text, setText] = useState("");
  const [chosen, setChosen] = useState(0);
  useLayoutEffect(() => {
    dialog.current?.showModal();
  }, []);
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  const found = [...new Map(actions.map((action) => [action.id, action])).values()].filter(
    (action) => !action.disabled && words.every((word) => `${action.group ?? ""} ${action.label}`.toLowerCase().includes(word)),
  );
  const run = (action: Action | undefined): void => {
    if (action === undefined) return;
    close();
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
    <dialog ref={dialog} class="palette" aria-label="Commands" onClose={close} onClick={(event) => event.target === dialog.current && close()}>
      <input
        type="text"
        role="combobox"
        aria-expanded="true"
        aria-controls="palette-list"
        aria-activedescendant={found[chosen] === undefined ? undefined : `palette-${chosen}`}
        aria-label="Find a command"
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
            {action.key !== undefined && <kbd>{written(action.key)}</kbd>}
          </li>
        ))}
      </ul>
      {found.length === 0 && <p class="quiet">No command is called so.</p>}
    </dialog>
  );
}
