/** The draft itself: who sees it, as JSON, adopted from another's, kept here, kept in the stash, changed while I was away. */

import { useEffect, useState } from "preact/hooks";
import { compare, diff, Doc, merge, Problem, same } from "draftwire";
import type { Json, JsonObject, rest } from "draftwire";
import { api } from "../api.js";
import { nameOf, Person } from "../person.js";
import { at, go, search } from "../route.js";
import { infoOf } from "./badge.js";
import { looked } from "./away.js";
import { Choose } from "./choose.js";
import type { Desk } from "./desk.js";
import { Diff, written } from "./diff.js";
import { hunksOf } from "./panels-conflict.js";
import { closePanel } from "./panels.js";
import { hunksIn, settled } from "./settle.js";
import { ago, counted, exactly } from "../words.js";
import { attempt, copy, toast } from "./toasts.js";
import type { Choice, Hunk } from "./types.js";

const REASONS: Record<string, string> = {
  refused: "Refused",
  stale: "A save that met other text",
  discarded: "Was on its way when the draft was discarded",
  rewound: "The server had lost it",
  conflict: "Met another’s text",
  item_deleted: "The item was deleted",
};

// ---------------------------------------------------------------- who sees it

export function SharingPanel({ desk }: { desk: Desk }) {
  const [sharing, setSharing] = useState<rest.Sharing | null>(null);
  const [members, setMembers] = useState<readonly rest.Member[]>([]);
  const [guest, setGuest] = useState("");
  const [may, setMay] = useState<"look" | "type">("type");
  const draft = desk.draft.value;
  const { item } = desk;
  const load = async (): Promise<void> => {
    if (draft !== null) setSharing(await api.sharing.get(draft.id, { item }));
  };
  useEffect(() => {
    void attempt(load);
    void attempt(async () => setMembers((await api.members.list()).members));
  }, [draft]);
  if (draft === null || sharing === null) return <p class="quiet">Loading…</p>;
  const show = async (visibility: rest.Sharing["visibility"]): Promise<void> => {
    await api.sharing.show(draft.id, { visibility }, { item });
    await load();
  };
  const invite = async (): Promise<void> => {
    await api.sharing.invite(draft.id, guest, { may }, { item });
    setGuest("");
    await load();
  };
  return (
    <>
      <fieldset class="radios">
        <legend>Others who may read this item</legend>
        {(
          [
            ["private", "see that there is a draft, not its text"],
            ["readable", "watch it, compare it, adopt it"],
            ["open", "and, if they may write the item, type in it"],
          ] as const
        ).map(([value, text]) => (
          <label key={value}>
            <input type="radio" name="visibility" checked={sharing.visibility === value} onChange={() => void attempt(() => show(value))} /> {text}
          </label>
        ))}
      </fieldset>
      <h3>Guests</h3>
      {sharing.guests.length === 0 && <p class="quiet">Nobody is invited.</p>}
      <ul class="history">
        {sharing.guests.map((one) => (
          <li key={one.user.user} class="history-head">
            <Person actor={one.user} small /> <strong>{nameOf(one.user)}</strong> <span class="quiet small">may {one.may}</span>
            <span class="code-bar-space" />
            <button class="text-button" type="button" onClick={() => void attempt(() => api.sharing.withdraw(draft.id, one.user.user).then(load))}>
              Withdraw
            </button>
          </li>
        ))}
      </ul>
      <form
        class="invite"
        onSubmit={(event) => {
          event.preventDefault();
          if (guest !== "") void attempt(invite);
        }}
      >
        <select aria-label="Whom to invite" value={guest} onChange={(event) => setGuest(event.currentTarget.value)}>
          <option value="">Invite somebody…</option>
          {members
            .filter((one) => one.id !== desk.user)
            .map((one) => (
              <option key={one.id} value={one.id}>
                {one.name}
              </option>
            ))}
        </select>
        <select aria-label="To do what" value={may} onChange={(event) => setMay(event.currentTarget.value as "look" | "type")}>
          <option value="type">to type</option>
          <option value="look">to look</option>
        </select>
        <button class="button" type="submit" disabled={guest === ""}>
          Invite
        </button>
      </form>
      <p class="quiet small">{infoOf(desk) === undefined ? "The draft begins with the first edit; this counts then." : "All of this counts at once."}</p>
    </>
  );
}

// ---------------------------------------------------------------- as JSON

export function JsonPanel({ desk }: { desk: Desk }) {
  void [desk.touched.value, desk.structure.value];
  const [text, setText] = useState<string | null>(null);
  const [began, setBegan] = useState<Doc | null>(null); // how it read when the typing began
  const [mine, setMine] = useState<Doc | null>(null); // what was typed, where others changed the same meanwhile
  const [wrong, setWrong] = useState("");
  const { doc } = desk;
  if (doc === null) return null;
  const now = JSON.stringify(doc.value, null, 2);
  const done = (): void => {
    setText(null);
    setMine(null);
    setWrong("");
  };
  if (text === null || began === null) {
    const begin = (): void => {
      setBegan(doc);
      setText(now);
    };
    return (
      <>
        <div class="row">
          <button class="button" type="button" onClick={() => copy(now)}>
            Copy
          </button>
          {desk.typable && (
            <button class="button" type="button" onClick={begin}>
              Change as JSON
            </button>
          )}
        </div>
        <pre class="json-view" tabIndex={0} aria-label="The document">
          {now}
        </pre>
      </>
    );
  }
  const put = (value: JsonObject): void => {
    const ops = diff(doc, value);
    if (ops.length === 0 || desk.editWithUndo(ops, "The document is changed.")) done();
    else setWrong("It can’t be taken as things are. Your text is kept here.");
  };
  const take = (): void => {
    try {
      const typed = Doc.load(JSON.parse(text) as Json, doc.shape);
      const merged = merge(began, typed, doc);
      if (merged.conflicts.length > 0) setMine(typed);
      else put(settled(merged, {}, typed, doc).value);
    } catch (error) {
      setWrong(error instanceof Problem ? `This can’t be taken: ${error.code.replaceAll("_", " ")}.` : "This is no JSON yet.");
    }
  };
  if (mine !== null) {
    const merged = merge(began, mine, doc);
    return (
      <>
        <p>Meanwhile the same was changed in the draft.</p>
        <Choose hunks={hunksIn(merged)} mine="Mine" theirs="The draft" label="Take it" take={(choices) => put(settled(merged, choices, mine, doc).value)} />
        <p class="field-bad" role="alert">
          {wrong}
        </p>
        <button class="button" type="button" onClick={() => setMine(null)}>
          Back to my text
        </button>
      </>
    );
  }
  return (
    <form
      class="stacked"
      onSubmit={(event) => {
        event.preventDefault();
        take();
      }}
    >
      <textarea class="json json-edit" aria-label="The document as JSON" spellcheck={false} value={text} aria-invalid={wrong !== ""} onInput={(event) => setText(event.currentTarget.value)} />
      <p class="field-bad" role="alert">
        {wrong}
      </p>
      {!same(began.value, doc.value) && (
        <p class="field-help" role="status">
          The draft has changed meanwhile. What you take is merged with that.
        </p>
      )}
      <div class="row">
        <button class="button" data-primary type="submit">
          Take it
        </button>
        <button class="button" type="button" onClick={done}>
          Cancel
        </button>
      </div>
    </form>
  );
}

// ---------------------------------------------------------------- adopt

export function AdoptPanel({ desk }: { desk: Desk }) {
  const [asks, setAsks] = useState<{ lost: readonly { at: string; mine: Json }[] } | null>(null);
  const [hunks, setHunks] = useState<readonly Hunk[] | null>(null);
  const draft = desk.draft.value;
  if (draft === null) return null;
  const adopt = async (how: "merge" | "replace" | null, choices?: Record<string, Choice>): Promise<void> => {
    const etag = await desk.settled();
    const { mine } = await api.items.get(desk.item, { include: ["mine"] });
    try {
      const made = await api.adoption.adopt(desk.item, { from: draft.id, etag, how, ...(choices === undefined ? {} : { resolutions: choices }) });
      const undo = mine == null || mine.stands === false || !made.changed ? {} : { undo: () => desk.takeBack(made.draft, mine.etag, made.etag) };
      toast({ text: "It is in your draft now. What it replaced is in your stash.", ...undo });
      go(at(desk.item, "drafts", made.draft));
    } catch (error) {
      if (error instanceof Problem && error.code === "draft_exists") setAsks({ lost: (error.detail as { lost?: { at: string; mine: Json }[] }).lost ?? [] });
      else setHunks(hunksOf(error));
    }
  };
  if (hunks !== null) return <Choose hunks={hunks} mine="Mine" theirs={draft.owner?.name ?? "Theirs"} label="Adopt" take={(choices) => void attempt(() => adopt("merge", choices))} />;
  return (
    <>
      <p>{draft.owner?.name ?? "The owner"}’s text comes into a draft of your own. Theirs stays as it is.</p>
      {asks === null ? (
        <button class="button" data-primary type="button" onClick={() => void attempt(() => adopt(null))}>
          Adopt
        </button>
      ) : (
        <>
          <p>
            <strong>You have changes of your own here.</strong>
          </p>
          <div class="row">
            <button class="button" data-primary type="button" onClick={() => void attempt(() => adopt("merge"))}>
              Merge both
            </button>
            <button class="button" type="button" onClick={() => void attempt(() => adopt("replace"))}>
              Replace mine
            </button>
          </div>
          {asks.lost.length > 0 && <h3>Replacing takes away, into your stash</h3>}
          {asks.lost.map((one) => (
            <section key={one.at} class="side">
              <div class="side-head">{one.at}</div>
              <pre>{written(one.mine)}</pre>
            </section>
          ))}
        </>
      )}
    </>
  );
}

// ---------------------------------------------------------------- local edits

export function LocalPanel({ desk }: { desk: Desk }) {
  void [desk.touched.value, desk.structure.value];
  const local = desk.local.value;
  const draft = desk.draft.value;
  if (local === null || draft === null) {
    return (
      <>
        <p>Every edit is saved as it is typed.</p>
        <button class="button" type="button" onClick={closePanel}>
          Go on
        </button>
      </>
    );
  }
  const found = local.mergeInto(draft.confirmed);
  const save = async (choices: Record<string, Choice>, then: "autosave" | "deploy"): Promise<void> => {
    const sent = local.doc;
    const document = settled(local.mergeInto(draft.confirmed), choices, sent, draft.confirmed);
    const etag = desk.etag;
    await api.drafts.saveOfItem(desk.item, { value: document.value }, { purpose: draft.purpose === "shared" ? "shared" : "own", ifMatch: etag });
    if (local.doc !== sent) {
      local.savedUpTo(sent.value, desk.etag);
      toast({ text: "Your local edits are saved into the draft, but for what you typed meanwhile: that is still here alone." });
      return;
    }
    desk.dropLocal();
    toast({ text: "Your local edits are saved into the draft. Autosave is on again.", undo: () => desk.takeBack(draft.id, etag, desk.etag) });
    if (then === "deploy") search({ panel: "deploy" });
    else closePanel();
  };
  const drop = (): void => {
    const again = local;
    desk.dropLocal();
    closePanel();
    toast({
      text: "Your local edits are dropped.",
      undo: () => {
        desk.keepLocal(again);
        again.edit([]);
        desk.reread();
      },
    });
  };
  const hunks = hunksIn(found);
  return (
    <>
      <p>They were made on {local.etag === desk.etag ? "the draft as it is." : "an older state of the draft. They are merged with what came since."}</p>
      {hunks.length > 0 ? (
        <Choose hunks={hunks} mine="Mine" theirs="The draft" label="Save into the draft" take={(choices) => void attempt(() => save(choices, "autosave"))} />
      ) : (
        <div class="row">
          <button class="button" data-primary type="button" disabled={!local.changed} onClick={() => void attempt(() => save({}, "autosave"))}>
            Save into the draft
          </button>
          <button class="button" type="button" disabled={!local.changed} onClick={() => void attempt(() => save({}, "deploy"))}>
            Save and deploy…
          </button>
        </div>
      )}
      <button class="text-button" type="button" onClick={drop}>
        Drop them
      </button>
      <h3>What I changed</h3>
      <Diff comparison={compare(local.base, local.doc.value, draft.view.shape)} />
    </>
  );
}

// ---------------------------------------------------------------- the stash

export function StashPanel({ desk }: { desk: Desk }) {
  const [entries, setEntries] = useState<readonly rest.StashLine[] | null>(null);
  const [open, setOpen] = useState<string | null>(null);
  const load = async (): Promise<void> => setEntries((await api.stash.list({ item: desk.item })).entries);
  useEffect(() => void attempt(load), [desk.item, desk.parked.value]);
  if (entries === null) return <p class="quiet">Loading…</p>;
  if (entries.length === 0) return <p class="quiet">Empty. Whatever of your text is ever replaced or refused is kept here.</p>;
  const dismiss = async (id: string): Promise<void> => {
    await api.stash.dismiss(id);
    await load();
  };
  return (
    <ol class="history">
      {entries.map((entry) => (
        <li key={entry.id}>
          <div class="history-head">
            <strong>{REASONS[entry.reason] ?? entry.reason.replaceAll("_", " ")}</strong>
            <span class="quiet small" title={exactly(entry.at)}>
              {ago(entry.at)}
            </span>
          </div>
          {entry.places.join("") !== "" && <p class="quiet small">{entry.places.join(", ")}</p>}
          <pre tabIndex={0}>{readable(entry.preview)}</pre>
          <div class="row">
            <button class="text-button" type="button" aria-expanded={open === entry.id} onClick={() => setOpen(open === entry.id ? null : entry.id)}>
              Bring back…
            </button>
            <button class="text-button" type="button" onClick={() => void attempt(() => dismiss(entry.id))}>
              Dismiss
            </button>
          </div>
          {open === entry.id && <BringBack desk={desk} entry={entry} done={() => void attempt(load).then(() => setOpen(null))} />}
        </li>
      ))}
    </ol>
  );
}

/** The beginning of a document as people read it: its texts with their lines, not as JSON writes them. */
function readable(preview: string): string {
  return preview.startsWith("{") ? preview.replaceAll("\\n", "\n").replaceAll('\\"', '"') : preview;
}

function BringBack({ desk, entry, done }: { desk: Desk; entry: rest.StashLine; done: () => void }) {
  const [sides, setSides] = useState<rest.StashSides | null>(null);
  const [hunks, setHunks] = useState<readonly Hunk[] | null>(null);
  const draft = desk.draft.value;
  useEffect(() => void attempt(async () => setSides(await api.stash.compare(entry.id))), [entry.id]);
  if (draft === null) return null;
  const restore = async (choices?: Record<string, Choice>): Promise<void> => {
    const before = await desk.settled();
    try {
      const made = await api.stash.restore(entry.id, choices === undefined ? {} : { resolutions: choices });
      toast({ text: "It is back in the draft.", ...(made.draft === draft.id && made.changed ? { undo: () => desk.takeBack(draft.id, before, made.etag) } : {}) });
      done();
    } catch (error) {
      setHunks(hunksOf(error));
    }
  };
  if (hunks !== null) return <Choose hunks={hunks} mine="The kept text" theirs="The draft" label="Bring back" take={(choices) => void attempt(() => restore(choices))} />;
  return (
    <>
      {sides === null ? <p class="quiet">Comparing…</p> : <Diff comparison={compare(sides.present, sides.stashed, draft.view.shape)} />}
      <button class="button" data-primary type="button" onClick={() => void attempt(() => restore())}>
        Bring it back
      </button>
    </>
  );
}

// ---------------------------------------------------------------- away

export function AwayPanel({ desk }: { desk: Desk }) {
  const [changes, setChanges] = useState<rest.DraftChanges | null>(null);
  const draft = desk.draft.value;
  useEffect(() => {
    if (draft !== null) void attempt(async () => setChanges(await api.history.changes(draft.id, { item: desk.item })));
  }, [draft]);
  if (draft === null || changes === null) return <p class="quiet">Loading…</p>;
  const open = (address: string, line: number | null): void => search({ at: address, line: line === null ? null : String(line) });
  if (changes.by.length === 0) return <p class="quiet">Nobody else has changed anything since you last looked.</p>;
  return (
    <>
      <ul class="history">
        {changes.by.map((one) => (
          <li key={`${one.actor.id} ${one.last_at}`} class="history-head">
            <Person actor={one.actor} small /> <strong>{nameOf(one.actor)}</strong>
            <span class="quiet small">
              {counted(one.places.length, "place")}, {ago(one.last_at)}
            </span>
          </li>
        ))}
      </ul>
      <button class="button" data-primary type="button" onClick={() => void attempt(() => looked(desk, changes.until).then(closePanel))}>
        Seen
      </button>
      <Diff comparison={changes.comparison} open={open} />
    </>
  );
}
