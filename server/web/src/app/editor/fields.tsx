/**
 * A form of an object, from the schema of its kind: a field for each member, what the schema objects to beside it.
 *
 * Texts that are edited character by character are so here too: two people type in one summary, and nobody's caret jumps.
 * Everything else is set as a whole when the field is left. Secrets are set and never shown. What no schema speaks of
 * is JSON.
 */

import { useEffect, useId, useRef, useState } from "preact/hooks";
import { isArray, isMarker, isObject, Problem, same } from "draftwire";
import type { Json, JsonObject } from "draftwire";
import { bindTextarea } from "draftwire/textarea";
import { api } from "../api.js";
import { sentence } from "../../calls.js";
import { colourOf, shortName } from "../person.js";
import type { Desk } from "./desk.js";
import { isCode, isSecret, member, sample, schemaIn } from "./outline.js";
import type { Spot } from "./outline.js";
import { copy, toast } from "./toasts.js";
import type { Schema } from "./types.js";

const DEEPEST = 4; // nested fieldsets; what lies deeper is JSON

interface Of {
  desk: Desk;
  spot: Spot;
  schema: Schema;
  value: Json | undefined;
  name: string;
  required: boolean;
}

/** The members of an object that are neither code nor a list of elements. */
export function Fields({ desk, spot, schema, value, deep = 0, hide = [] }: { desk: Desk; spot: Spot; schema: Schema; value: JsonObject; deep?: number; hide?: readonly string[] }) {
  const kind = desk.kind.value;
  const doc = desk.doc;
  if (kind === null || doc === null) return null;
  const names = [...new Set([...Object.keys(schema.properties ?? {}), ...Object.keys(value)])];
  const has = (name: string): boolean => value[name] !== undefined || isSecret(kind, member(spot, name).path);
  const shown = names.filter((name) => {
    const here = member(spot, name);
    const inside = value[name];
    if (hide.includes(name) || !has(name) || (kind.computed ?? []).some((pattern) => pattern === here.pointer)) return false;
    if (typeof inside === "string" && doc.shape.at(here.path).text && isCode(kind, here.path, value)) return false;
    return !(isArray(inside) && doc.shape.at(here.path).keyed);
  });
  const absent = names.filter((name) => !hide.includes(name) && !has(name) && !doc.shape.at(member(spot, name).path).keyed);
  const root = kind.schema ?? {};
  return (
    <div class="fields">
      {shown.map((name) => {
        const inside = value[name];
        const of: Of = { desk, spot: member(spot, name), schema: schemaIn(root, schema, name, inside), value: inside, name, required: schema.required?.includes(name) ?? false };
        return <Field key={of.spot.address} {...of} deep={deep} />;
      })}
      {desk.typable && absent.length > 0 && (
        <label class="add-field">
          <span class="sr-only">Add a field</span>
          <select
            value=""
            onChange={(event) => {
              const name = event.currentTarget.value;
              event.currentTarget.value = "";
              if (name !== "") desk.edit([{ op: "set", at: member(spot, name).address, v: sample(root, schema.properties?.[name]) }]);
            }}
          >
            <option value="">Add a field…</option>
            {absent.map((name) => (
              <option key={name}>{name}</option>
            ))}
          </select>
        </label>
      )}
    </div>
  );
}

function Field({ deep, ...of }: Of & { deep: number }) {
  const { desk, spot, schema, value, name, required } = of;
  const id = useId();
  const kind = desk.kind.value;
  const doc = desk.doc;
  if (kind === null || doc === null) return null;
  const said = desk.view.value.kind === "draft" ? desk.diagnostics.value.filter(({ at }) => at === spot.pointer || (!opens(of, deep) && at.startsWith(`${spot.pointer}/`))) : [];
  const who = desk.carets.value.filter((caret) => caret.at === spot.address);
  const help = `${id}-help`;
  const described = said.length > 0 || schema.description !== undefined ? help : undefined;
  const about = (
    <p id={help} class={said.length > 0 ? "field-bad" : "field-help"}>
      {said.length > 0 ? [...said.map(({ message }) => sentenceOf(message)), ...(schema.description === undefined ? [] : [`${schema.description}.`])].join(" ") : schema.description}
    </p>
  );
  if (opens(of, deep)) {
    return (
      <fieldset class="nested" data-address={spot.address}>
        <legend>
          {title(name, schema)}
          <Take of={of} />
        </legend>
        {described !== undefined && about}
        <Fields desk={desk} spot={spot} schema={schema} value={value as JsonObject} deep={deep + 1} />
      </fieldset>
    );
  }
  const input = { desk, spot, schema, value, name, required, id, described, bad: said.length > 0 };
  const secret = isSecret(kind, spot.path);
  return (
    <div class="field" data-address={spot.address} data-bad={said.length > 0 ? "" : undefined}>
      <div class="field-head">
        <label for={id}>
          {title(name, schema)}
          {!required && <span class="quiet"> optional</span>}
        </label>
        <span class="field-people">
          {who.map(({ sid, entry }) => (
            <span key={sid} class="tag person" style={colourOf(entry.actor.user)}>
              {entry.actor.kind === "agent" ? "✦ " : ""}
              {shortName(entry.actor)}
            </span>
          ))}
        </span>
        <Take of={of} />
      </div>
      {secret ? (
        <SecretInput {...input} />
      ) : typeof value === "string" && doc.shape.at(spot.path).text ? (
        <TextInput {...input} />
      ) : (
        <Plain {...input} />
      )}
      {described !== undefined && about}
    </div>
  );
}

/** Take an optional member away. */
function Take({ of: { desk, spot, required, value, name } }: { of: Of }) {
  if (required || value === undefined || !desk.typable) return null;
  const remove = (): void => void desk.editWithUndo([{ op: "remove", at: spot.address }], `${name} is taken away.`);
  return (
    <button class="icon-button" type="button" aria-label={`Take ${name} away`} title="Take away" onClick={remove}>
      ×
    </button>
  );
}

function opens({ desk, spot, value, schema }: Of, deep: number): boolean {
  if (deep >= DEEPEST || !isObject(value) || isMarker(value) || (desk.kind.value !== null && isSecret(desk.kind.value, spot.path))) return false;
  return Object.keys(schema.properties ?? {}).length > 0 || (Object.keys(value).length > 0 && Object.values(value).every((one) => typeof one !== "object" || one === null || isMarker(one as JsonObject)));
}

interface Input extends Of {
  id: string;
  described: string | undefined;
  bad: boolean;
}

/** A text that several people may type in at once. */
function TextInput({ desk, spot, id, described, bad, value, name }: Input) {
  const input = useRef<HTMLTextAreaElement>(null);
  const at = spot.address;
  const { source } = desk;
  const fit = (): void => {
    const element = input.current;
    if (element === null) return;
    element.style.height = "auto";
    element.style.height = `${element.scrollHeight + 2}px`;
  };
  useEffect(() => {
    const area = input.current;
    if (source === null || area === null || typeof source.get(at) !== "string") return;
    const ends = [bindTextarea(area, source, at, { refused: (problem) => desk.refused(problem), gone: (gone) => desk.leafGone(gone) }), source.on((event) => event.type === "change" && fit())];
    fit();
    return () => ends.forEach((end) => end());
  }, [source, at]);
  return (
    <textarea
      id={id}
      ref={input}
      rows={name === "description" ? 3 : 1}
      readOnly={!desk.typable}
      aria-describedby={described}
      aria-invalid={bad}
      data-fits=""
      defaultValue={value as string}
      key={source === null ? "past" : "live"}
    />
  );
}

/** Set, never shown: what comes from the server is a mark that something is there. */
function SecretInput({ desk, spot, value, id, described, bad, name }: Input) {
  const [open, setOpen] = useState(false);
  const [busy, setBusy] = useState(false);
  const set = isObject(value) && isMarker(value);
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => {
    if (open) input.current?.focus();
  }, [open]);
  const save = async (): Promise<void> => {
    const text = input.current?.value ?? "";
    const draft = desk.draft.value;
    if (text === "" || draft === null) return;
    setBusy(true);
    try {
      const etag = await desk.settled();
      await api.secrets.set(draft.id, { at: spot.address, value: text }, { item: desk.item, ifMatch: etag });
      setOpen(false);
      toast({ text: `${name} is set. Nobody can read it here, not even you.` });
    } catch (error) {
      const off = error instanceof Problem && error.code === "secrets_off";
      toast({ text: off ? "This server keeps no secrets yet: its administrator has to give it a key." : sentence(error) });
    }
    setBusy(false);
  };
  if (!open) {
    return (
      <div class="secret">
        <span class={set ? "" : "quiet"}>{set ? "•••••••• set, never shown" : "Not set"}</span>
        {desk.typable && desk.local.value === null && (
          <button id={id} class="button" type="button" aria-label={`${set ? "Replace" : "Set"} ${name}`} aria-describedby={described} onClick={() => setOpen(true)}>
            {set ? "Replace…" : "Set…"}
          </button>
        )}
      </div>
    );
  }
  return (
    <form
      class="secret"
      onSubmit={(event) => {
        event.preventDefault();
        void save();
      }}
    >
      <input id={id} ref={input} type="password" autocomplete="new-password" aria-describedby={described} aria-invalid={bad} />
      <button class="button" data-primary type="submit" disabled={busy}>
        Set
      </button>
      <button class="button" type="button" onClick={() => setOpen(false)}>
        Cancel
      </button>
    </form>
  );
}

/** A value that is set as a whole. */
function Plain({ desk, spot, schema, value, id, described, bad }: Input) {
  const set = (v: Json): void => {
    if (!same(v, value)) desk.edit([{ op: "set", at: spot.address, v }]);
  };
  const shared = { id, disabled: !desk.typable, "aria-describedby": described, "aria-invalid": bad };
  const seen = { onFocus: () => desk.focus({ at: spot.address, anchor: 0, head: 0, editing: desk.typable }), onBlur: () => desk.focus(null) };
  const types = typeof schema.type === "string" ? [schema.type] : (schema.type ?? []);
  if (schema.enum !== undefined) {
    return (
      <select {...shared} {...seen} value={JSON.stringify(value)} onChange={(event) => set(JSON.parse(event.currentTarget.value) as Json)}>
        {!schema.enum.some((one) => same(one, value)) && <option value={JSON.stringify(value)}>{String(value)}</option>}
        {schema.enum.map((one) => (
          <option key={JSON.stringify(one)} value={JSON.stringify(one)}>
            {String(one)}
          </option>
        ))}
      </select>
    );
  }
  if (typeof value === "boolean") {
    return <input {...shared} {...seen} type="checkbox" role="switch" checked={value} onChange={(event) => set(event.currentTarget.checked)} />;
  }
  const written = { ...shared, seen, desk };
  if (typeof value === "number") return <Written {...written} as="number" step={types.includes("integer") ? 1 : "any"} text={String(value)} read={(typed) => (typed.trim() !== "" && Number.isFinite(Number(typed)) ? Number(typed) : undefined)} wrong="This is no number, so it is not saved." set={set} />;
  if (typeof value === "string") return <Written {...written} as="text" text={value} read={(typed) => typed} wrong="" set={set} />;
  return <Written {...written} as="json" text={JSON.stringify(value, null, 2)} read={readJson} wrong="This is no JSON yet, so it is not saved." set={set} />;
}

function readJson(typed: string): Json | undefined {
  try {
    return JSON.parse(typed) as Json;
  } catch {
    return undefined;
  }
}

interface WrittenProps {
  id: string;
  disabled: boolean;
  "aria-describedby": string | undefined;
  "aria-invalid": boolean;
  seen: { onFocus: () => void; onBlur: () => void };
  desk: Desk;
  as: "text" | "number" | "json";
  step?: number | "any";
  /** How it reads now. */
  text: string;
  /** What is typed, as a value; undefined: it is none. */
  read: (typed: string) => Json | undefined;
  wrong: string;
  set: (v: Json) => void;
}

/**
 * A value that is written and set as a whole when the field is left. What is typed stays, whatever others do meanwhile,
 * until it is taken or put away.
 */
function Written({ seen, desk, as, step, text, read, wrong, set, ...shared }: WrittenProps) {
  const [typed, setTyped] = useState<string | null>(null);
  const [bad, setBad] = useState(false);
  const began = useRef(text); // how it read when typing began
  const changed = typed !== null && began.current !== text;
  const unsaved = useRef<string | null>(null);
  unsaved.current = typed;
  useEffect(
    () => () => {
      const { current: lost } = unsaved; // left fields are set: this one was taken away, or held what is no value
      if (lost !== null) toast({ text: "What you typed in a field that is gone was not saved.", seconds: 30, undo: () => copy(lost), label: "Copy it" });
    },
    [],
  );
  const putAway = (): void => {
    setTyped(null);
    setBad(false);
  };
  const leave = (): void => {
    seen.onBlur();
    if (typed === null) return;
    const v = read(typed);
    setBad(v === undefined);
    if (v === undefined) return;
    set(v);
    setTyped(null);
  };
  const input = {
    ...shared,
    "aria-invalid": shared["aria-invalid"] || bad,
    value: typed ?? text,
    onFocus: seen.onFocus,
    onBlur: leave,
    onInput: (event: Event) => {
      if (typed === null) began.current = text;
      setTyped((event.currentTarget as HTMLInputElement).value);
      setBad(false);
    },
    onKeyDown: (event: KeyboardEvent) => {
      if (event.key === "Escape" && typed !== null) {
        event.stopPropagation();
        putAway();
      } else if (event.key === "Enter" && as !== "json") leave();
    },
  };
  return (
    <>
      {as === "json" ? (
        <textarea {...input} disabled={false} readOnly={!desk.typable} class="json" rows={Math.min(14, (typed ?? text).split("\n").length)} spellcheck={false} />
      ) : (
        step === undefined ? <input {...input} type="text" /> : <input {...input} type="number" step={step} />
      )}
      {bad && (
        <p class="field-bad" role="alert">
          {wrong}
        </p>
      )}
      {changed && (
        <p class="field-help" role="status">
          It was changed meanwhile. What you type is kept, and set when you leave the field.{" "}
          <button class="text-button" type="button" onMouseDown={(event) => event.preventDefault()} onClick={putAway}>
            Show how it reads now
          </button>
        </p>
      )}
    </>
  );
}

/** What the schema objects to, as a sentence. */
function sentenceOf(message: string): string {
  return `${(message[0] ?? "").toUpperCase()}${message.slice(1).replace(/\.$/, "")}.`;
}

function title(name: string, schema: Schema): string {
  return schema.title ?? (name[0] ?? "").toUpperCase() + name.slice(1).replaceAll("_", " ");
}

