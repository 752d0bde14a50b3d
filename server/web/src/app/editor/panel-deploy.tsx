/**
 * Deploying: what is reviewed here is exactly what ships. If the draft moves on meanwhile that is said, and stays in the
 * draft. Every refusal shows its way out.
 */

import { useEffect, useRef, useState } from "preact/hooks";
import { Problem } from "draftwire";
import type { rest } from "draftwire";
import { api } from "../api.js";
import { sentence } from "../../calls.js";
import { nameOf, Person } from "../person.js";
import { at, closePanel, go, panelAsked, search } from "../route.js";
import { tell } from "./banners.js";
import type { Desk } from "./desk.js";
import { Diff } from "./diff.js";
import { addressOf } from "./outline.js";
import { attempt, copy } from "./toasts.js";

interface Refusal {
  code: string;
  text: string;
  diagnostics: { at: string; message: string }[];
  head: number | null;
}

export function DeployPanel({ desk }: { desk: Desk }) {
  const [diff, setDiff] = useState<rest.ItemDiff | null>(null);
  const [etag, setEtag] = useState("");
  const [message, setMessage] = useState("");
  const [busy, setBusy] = useState(false);
  const [refusal, setRefusal] = useState<Refusal | null>(null);
  const [done, setDone] = useState<rest.Deployed | null>(null);
  const draft = desk.draft.value;
  void [desk.touched.value, desk.structure.value, desk.status.value];

  const review = async (): Promise<void> => {
    if (draft === null) return;
    const state = await desk.settled();
    const found = await api.items.diff(desk.item, { from: desk.head === 0 ? "version:0" : "deployed", to: `${draft.id}@${state}` });
    setDiff(found);
    setEtag(state);
    setRefusal(null);
  };
  useEffect(() => void attempt(review), [draft, desk.head]);
  const asked = panelAsked.value;
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => {
    if (done === null) return;
    setDone(null); // asked for again: the next deploy
    setMessage("");
    void attempt(review);
  }, [asked]);
  const was = useRef(done);
  useEffect(() => {
    if (was.current !== null && done === null) field.current?.focus({ preventScroll: true });
    was.current = done;
  }, [done]);

  if (draft === null) return <p>There is no draft to deploy. Begin one by typing.</p>;
  if (desk.local.value !== null) {
    return (
      <>
        <p>Your edits are local. Save them into the draft first; they are checked for conflicts then.</p>
        <button class="button" data-primary type="button" onClick={() => search({ panel: "local" })}>
          To my local edits
        </button>
      </>
    );
  }
  if (done !== null) return <Done desk={desk} done={done} />;
  const moved = etag !== "" && etag !== desk.etag;
  const others = desk.here.value.filter((entry) => entry.draft === draft.id && entry.state === "editing");
  const nothing = diff !== null && diff.comparison.changes.length === 0 && desk.head > 0;
  const ship = async (override?: number): Promise<void> => {
    setBusy(true);
    try {
      setDone(await desk.deploy(etag, message, override === undefined ? {} : { override }));
    } catch (error) {
      setRefusal(refusalOf(error));
    }
    setBusy(false);
  };
  const putBack = (id: string): void =>
    void attempt(async () => {
      await desk.replace((of) => api.deploys.revert(of, { version: desk.head, only: [id] }), "That part reads as it is deployed.");
      await review();
    });
  return (
    <form
      class="deploy"
      onSubmit={(event) => {
        event.preventDefault();
        if (!busy && !nothing && diff !== null) void ship();
      }}
    >
      <p class="quiet">
        {desk.head === 0 ? "This will be version 1." : `This will be version ${desk.head + 1}, over version ${desk.head}.`}
      </p>
      {others.length > 0 && (
        <div class="notice">
          {others.map((entry) => (
            <Person key={entry.sid} actor={entry.actor} state={entry.state} small />
          ))}
          <span>
            {others.map((entry) => nameOf(entry.actor)).join(", ")} {others.length === 1 ? "is" : "are"} typing in this draft. What comes after this review stays in the draft.
          </span>
        </div>
      )}
      <OpenConflicts desk={desk} />
      {desk.diagnostics.value.length > 0 && refusal === null && <Objections desk={desk} list={desk.diagnostics.value} />}
      {refusal !== null && <Refused desk={desk} refusal={refusal} ship={ship} />}
      <label class="stacked">
        Message
        <input ref={field} data-begin="" type="text" value={message} maxLength={1000} placeholder="What changes, for who reads the history" onInput={(event) => setMessage(event.currentTarget.value)} />
      </label>
      <div class="row">
        <button class="button" data-primary type="submit" disabled={busy || nothing || diff === null || desk.diagnostics.value.length > 0}>
          {busy ? "Deploying…" : `Deploy version ${desk.head + 1}`}
        </button>
        {moved && (
          <button class="button" type="button" onClick={() => void attempt(review)}>
            Draft has moved on: review anew
          </button>
        )}
      </div>
      <h3>What changes</h3>
      {diff === null ? <p class="quiet">Comparing…</p> : nothing ? <p class="quiet">Nothing differs from version {desk.head}: there is nothing to deploy.</p> : <Diff comparison={diff.comparison} parts={diff.parts ?? []} {...(desk.typable ? { putBack } : {})} open={open} />}
    </form>
  );
}

function open(address: string, line: number | null): void {
  search({ at: address, line: line === null ? null : String(line) });
}

function refusalOf(error: unknown): Refusal {
  const more = (error instanceof Problem ? error.detail : null) as { diagnostics?: Refusal["diagnostics"]; head?: { number: number } | number } | null;
  const head = typeof more?.head === "number" ? more.head : (more?.head?.number ?? null);
  return { code: error instanceof Problem ? error.code : "internal", text: sentence(error), diagnostics: more?.diagnostics ?? [], head };
}

function Refused({ desk, refusal, ship }: { desk: Desk; refusal: Refusal; ship: (override: number) => Promise<void> }) {
  if (refusal.code === "not_deployable") return <Objections desk={desk} list={refusal.diagnostics} />;
  const { head } = refusal;
  if (refusal.code === "behind") {
    return (
      <div class="notice" data-tone="warn" role="alert">
        <p>
          <strong>Version {head ?? desk.head} was deployed meanwhile.</strong> Nothing was changed.
        </p>
        <div class="row">
          <button class="button" data-primary type="button" onClick={() => search({ panel: "behind" })}>
            Bring it into this draft
          </button>
          {head !== null && (
            <button class="button" type="button" onClick={() => void ship(head)}>
              Replace version {head} all the same
            </button>
          )}
        </div>
      </div>
    );
  }
  return (
    <div class="notice" data-tone="warn" role="alert">
      <p>{refusal.text}</p>
      {refusal.code === "forbidden" && <p class="quiet">Ask somebody who may deploy here; your draft stays as it is, and they can open it by its link.</p>}
    </div>
  );
}

/** Where two texts met and nobody has chosen: both would be shipped. */
function OpenConflicts({ desk }: { desk: Desk }) {
  const open = desk.alerts.value;
  if (open.length === 0) return null;
  return (
    <div class="notice" data-tone="warn">
      <p>
        <strong>{open.length === 1 ? "One conflict is" : `${open.length} conflicts are`} open in this draft.</strong> What stands there now would go live.
      </p>
      <ul class="objections">
        {open.map((alert) => (
          <li key={alert.id}>
            <button class="text-button" type="button" onClick={() => search({ panel: "conflicts", alert: alert.id })}>
              {tell(desk, alert).where}
            </button>{" "}
            {tell(desk, alert).title}
          </li>
        ))}
      </ul>
    </div>
  );
}

/** What the schema objects to, each with the way to its place. */
function Objections({ desk, list }: { desk: Desk; list: readonly { at: string; message: string }[] }) {
  return (
    <div class="notice" data-tone="warn">
      <p>
        <strong>This can’t be deployed yet.</strong>
      </p>
      <ul class="objections">
        {list.map((one) => (
          <li key={one.at + one.message}>
            <button class="text-button" type="button" onClick={() => desk.doc !== null && open(addressOf(desk.doc, one.at), null)}>
              {one.at || "The document"}
            </button>{" "}
            {one.message}
          </li>
        ))}
      </ul>
    </div>
  );
}

function Done({ desk, done }: { desk: Desk; done: rest.Deployed }) {
  const later = done.later ?? [];
  const next = useRef<HTMLButtonElement>(null);
  useEffect(() => next.current?.focus({ preventScroll: true }), []); // what had the focus is gone
  return (
    <div class="done">
      <p class="done-title">{done.unchanged ? `Version ${done.version} says the same: nothing was deployed.` : `Version ${done.version} is live.`}</p>
      {later.length > 0 && <p>{later.map((one) => one.by.map(nameOf).join(", ")).join(", ")} wrote on after your review. That stays in the draft, on top of version {done.version}.</p>}
      <Hash hash={done.hash} />
      <div class="row">
        <button ref={next} class="button" data-primary type="button" onClick={closePanel}>
          Go on
        </button>
        <button class="button" type="button" onClick={() => search({ panel: "history" })}>
          History
        </button>
        <button class="button" type="button" onClick={() => go(at(desk.item, "versions", done.version))}>
          Look at it
        </button>
      </div>
    </div>
  );
}

/** A hash to be copied: the runtime's name of a version, for ever. */
export function Hash({ hash }: { hash: string }) {
  return (
    <button
      class="hash"
      type="button"
      title={hash}
      onClick={() => copy(hash, "The hash is copied.")}
    >
      <code>{hash.slice(0, 12)}</code> Copy<span class="sr-only"> the whole hash</span>
    </button>
  );
}
