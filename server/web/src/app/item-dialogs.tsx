/** Dialogs about an item: make one, move one, fork one. A refusal stands at the field that it is about. */

import { useLayoutEffect, useRef, useState } from "preact/hooks";
import type { ComponentChildren, RefObject } from "preact";
import { Problem } from "draftwire";
import type { rest } from "draftwire";
import { api } from "./api.js";
import { sentence } from "../calls.js";
import { KindIcon, kindWord } from "./kind.js";
import { tell } from "./notice.js";
import { at, go } from "./route.js";
import { me } from "./session.js";
import { howMany, inUse, UsedByList, useUses } from "./used-by.js";

const ABOUT_THE_PATH = new Set(["bad_path", "taken"]);

export type Wanted = { do: "make"; kind: string } | { do: "move"; row: rest.ListedItem } | { do: "fork"; row: rest.ListedItem };

const TITLES = { make: "New item", move: "Path and summary", fork: "Fork" };
const SUBMIT = { make: "Make it", move: "Save", fork: "Fork it" };

interface Given {
  wanted: Wanted;
  kinds: readonly rest.KindInfo[];
  folders: readonly rest.Folder[];
  close: () => void;
  done: () => void;
}

export function ItemDialog({ wanted, kinds, folders, close, done }: Given) {
  const row = wanted.do === "make" ? null : wanted.row;
  const [kind, setKind] = useState(wanted.do === "make" ? wanted.kind : wanted.row.kind);
  const [path, setPath] = useState(row === null ? "" : wanted.do === "fork" ? suggestFork(row.path) : (row.path ?? ""));
  const [summary, setSummary] = useState(row?.summary ?? "");
  const [busy, setBusy] = useState(false);
  const [refused, setRefused] = useState<{ path: string; form: string }>({ path: "", form: "" });
  const uses = inUse(useUses(wanted.do === "move" ? wanted.row.id : null));
  const field = useRef<HTMLInputElement | null>(null);
  const places = [`u/${me.value?.user ?? ""}`, ...folders.filter(({ may }) => may.includes("write")).map(({ name }) => `f/${name}`)];
  const submit = async (): Promise<void> => {
    setBusy(true);
    setRefused({ path: "", form: "" });
    const where = path.trim() === "" ? null : path.trim();
    try {
      if (wanted.do === "make") {
        const made = await api.items.create({ kind, path: where, summary: summary.trim() });
        close();
        go(at(made.item));
      } else if (wanted.do === "fork") {
        const made = await api.versions.fork(wanted.row.id, { path: where, summary: summary.trim() });
        close();
        go(at(made.item));
      } else {
        const before = { path: wanted.row.path, summary: wanted.row.summary };
        const change = (body: rest.ChangedItem): Promise<unknown> => api.items.change(wanted.row.id, body);
        await change({ path: where, summary: summary.trim() });
        close();
        done();
        tell(before.path === where ? "The summary is changed." : `Moved to ${where ?? "no path"}.`, () => change(before).then(done));
      }
    } catch (error) {
      const atPath = error instanceof Problem && ABOUT_THE_PATH.has(error.code);
      setRefused(atPath ? { path: sentence(error), form: "" } : { path: "", form: sentence(error) });
      setBusy(false);
      if (atPath) field.current?.focus();
    }
  };
  return (
    <Dialog title={TITLES[wanted.do]} close={close}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (!busy) void submit();
        }}
      >
        {wanted.do === "make" && <KindChoice kinds={kinds} kind={kind} choose={setKind} />}
        <PathField field={field} path={path} type={setPath} places={places} refused={refused.path} uses={uses} />
        <label class="field">
          <span>Summary</span>
          <input type="text" value={summary} maxLength={500} placeholder="What it does, in a few words" onInput={(event) => setSummary(event.currentTarget.value)} />
        </label>
        <p class="trouble small" role="alert">
          {refused.form}
        </p>
        <div class="dialog-buttons">
          <button class="button" type="button" onClick={close}>
            Cancel
          </button>
          <button class="button" data-primary type="submit" aria-disabled={busy}>
            {SUBMIT[wanted.do]}
          </button>
        </div>
      </form>
    </Dialog>
  );
}

function KindChoice({ kinds, kind, choose }: { kinds: readonly rest.KindInfo[]; kind: string; choose: (kind: string) => void }) {
  return (
    <fieldset class="kind-choice">
      <legend>Kind</legend>
      <div>
        {kinds.map(({ name, title }) => (
          <label key={name}>
            <input type="radio" name="kind" value={name} checked={name === kind} onChange={() => choose(name)} />
            <span>
              <KindIcon kind={name} /> {title}
            </span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}

interface PathGiven {
  field: RefObject<HTMLInputElement | null>;
  path: string;
  type: (path: string) => void;
  /** Where one may put it. */
  places: readonly string[];
  refused: string;
  /** "3 items use it", or "". */
  uses: string;
}

function PathField({ field, path, type, places, refused, uses }: PathGiven) {
  return (
    <>
      <label class="field">
        <span>Path</span>
        <input
          ref={field}
          type="text"
          value={path}
          autocomplete="off"
          autocapitalize="off"
          spellcheck={false}
          list="places"
          placeholder="f/folder/name"
          aria-invalid={refused !== ""}
          aria-describedby="path-help path-trouble"
          onInput={(event) => type(event.currentTarget.value)}
        />
        <datalist id="places">
          {places.map((place) => (
            <option key={place} value={`${place}/`} />
          ))}
        </datalist>
      </label>
      <p id="path-trouble" class="trouble small" role="alert">
        {refused}
      </p>
      {uses !== "" && (
        <p class="quiet small">
          {uses} by its path, and will find it at its new one.
        </p>
      )}
      <p id="path-help" class="quiet small">
        Who may see it follows from where it lies: {places.slice(0, 4).join(", ")}
        {places.length > 4 ? ", …" : ""}.
      </p>
    </>
  );
}

/** Asked before an item goes that others name, with their names: nothing is forbidden, and it can come back. */
export function AwayDialog({ row, what, used, titles, close, act }: { row: rest.ListedItem; what: "Delete" | "Archive"; used: rest.UsedBy; titles: ReadonlyMap<string, string>; close: () => void; act: () => void }) {
  const one = used.items.length === 1 && !used.next;
  return (
    <Dialog title={`${what} “${row.summary || row.path || kindWord(row.kind, titles)}”?`} close={close}>
      <p>
        {one ? "1 item names it and will not find it" : `${sentenceCase(howMany(used))} name it and will not find it`} until it is {what === "Delete" ? "undeleted" : "unarchived"}.
      </p>
      <UsedByList item={row.id} titles={titles} first={used} />
      <div class="dialog-buttons">
        <button class="button" type="button" onClick={close}>
          Keep it
        </button>
        <button
          class="button"
          data-bad
          type="button"
          onClick={() => {
            close();
            act();
          }}
        >
          {what} it
        </button>
      </div>
    </Dialog>
  );
}

const sentenceCase = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

export function Dialog({ title, close, children }: { title: string; close: () => void; children: ComponentChildren }) {
  const dialog = useRef<HTMLDialogElement>(null);
  useLayoutEffect(() => {
    const opener = document.activeElement;
    const shown = dialog.current;
    shown?.showModal();
    shown?.querySelector<HTMLElement>("input:checked, input:not([type=radio]), .dialog-buttons button")?.focus();
    return () => {
      if (opener instanceof HTMLElement && opener.isConnected) opener.focus();
    };
  }, []);
  return (
    <dialog ref={dialog} class="dialog" aria-labelledby="dialog-title" onClose={close}>
      <h2 id="dialog-title">{title}</h2>
      {children}
    </dialog>
  );
}

function suggestFork(path: string | null): string {
  return path === null ? "" : `u/${me.value?.user ?? ""}/${path.split("/").at(-1) ?? ""}`;
}
