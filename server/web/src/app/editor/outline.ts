/**
 * What a document consists of, for people: its code, its lists of elements, and what is left for a form. Pure.
 *
 * Nothing here knows a kind by its name: texts, lists, languages and secrets come from the kind's definition. A place
 * has three names: its address (what ops say), its pointer (what diagnostics say) and its path (what patterns match,
 * elements as `*`).
 */

import { ELEMENT, escapeToken, isArray, isMarker, isObject, isSecretName, parseAddress } from "draftwire";
import type { Doc, Json, JsonObject } from "draftwire";
import type { KindDefinition, Schema } from "./types.js";

const NAMED = "<secret>";

export interface Spot {
  address: string;
  pointer: string;
  path: readonly string[];
}
export interface TextPart extends Spot {
  what: "text";
  label: string;
  language: string;
}
export interface ListPart extends Spot {
  what: "list";
  label: string;
  elements: readonly ElementPart[];
}
export interface ElementPart extends Spot {
  what: "element";
  id: string;
  label: string;
  sort: string; // what of its kind it is, as far as it says so
  parts: readonly Part[];
}
export type Part = TextPart | ListPart | ElementPart;

const ROOT: Spot = { address: "", pointer: "", path: [] };
const LABELS = ["summary", "label", "title", "name"];
const PLAIN = ["value", "files"]; // names that only hold what is meant
const BY_ENDING: Record<string, string> = { ts: "typescript", tsx: "tsx", js: "javascript", jsx: "tsx", py: "python3", sql: "postgresql", css: "css", json: "json", sh: "bash" };

/** Its code and its lists, in the order of the document. */
export function outline(doc: Doc, kind: KindDefinition): Part[] {
  return partsOf(doc, kind, doc.value, ROOT);
}

/** A member of an object. */
export function member(of: Spot, name: string): Spot {
  const token = escapeToken(name);
  return { address: `${of.address}/${token}`, pointer: `${of.pointer}/${token}`, path: [...of.path, name] };
}

function element(of: Spot, id: string, index: number): Spot {
  return { address: escapeToken(id), pointer: `${of.pointer}/${index}`, path: [...of.path, ELEMENT] };
}

function partsOf(doc: Doc, kind: KindDefinition, value: JsonObject, spot: Spot): Part[] {
  return Object.entries(value).flatMap(([name, inside]): Part[] => {
    const here = member(spot, name);
    const place = doc.shape.at(here.path);
    if (typeof inside === "string") {
      if (!place.text || !isCode(kind, here.path, value)) return [];
      return [{ ...here, what: "text", label: placeOf(here), language: languageOf(kind, here.path, value) }];
    }
    if (isArray(inside) && place.keyed) {
      const elements = inside.flatMap((one, index): ElementPart[] => {
        const id = isObject(one) ? one["id"] : undefined;
        if (!isObject(one) || typeof id !== "string") return [];
        const at = element(here, id, index);
        return [{ ...at, what: "element", id, label: labelOf(one, id), sort: sortOf(one), parts: partsOf(doc, kind, one, at) }];
      });
      return [{ ...here, what: "list", label: name, elements }];
    }
    return isObject(inside) && !isMarker(inside) ? partsOf(doc, kind, inside, here) : [];
  });
}

/** All parts, however deep. */
export function flat(parts: readonly Part[]): Part[] {
  return parts.flatMap((part) => [part, ...flat(part.what === "list" ? part.elements : part.what === "element" ? part.parts : [])]);
}

/** The part that shows an address: itself, or what is nearest around it. */
export function partAt(parts: readonly Part[], address: string): Part | null {
  const all = flat(parts);
  const exact = all.find((part) => part.address === address);
  if (exact !== undefined) return exact;
  const [owner] = parseAddress(address);
  return owner === "" ? null : (all.find((part) => part.what === "element" && part.id === owner) ?? null);
}

/** Where a JSON pointer leads, as an address. */
export function addressOf(doc: Doc, pointer: string): string {
  let node: Json | undefined = doc.value;
  let spot = ROOT;
  for (const raw of pointer.split("/").slice(1)) {
    const name = raw.replaceAll("~1", "/").replaceAll("~0", "~");
    if (isArray(node) && doc.shape.at(spot.path).keyed) {
      const one: Json | undefined = node[Number(name)];
      const id = isObject(one) ? one["id"] : undefined;
      if (typeof id !== "string") break;
      spot = element(spot, id, Number(name));
      node = one;
    } else if (isObject(node)) {
      spot = member(spot, name);
      node = node[name];
    } else break;
  }
  return spot.address;
}

/** Whether a string leaf wants an editor rather than a field. */
export function isCode(kind: KindDefinition, path: readonly string[], around: JsonObject): boolean {
  const language = languageOf(kind, path, around);
  return language !== "" && language !== "markdown";
}

/** The language of a text leaf; the empty string if nothing is said. */
export function languageOf(kind: KindDefinition, path: readonly string[], around: JsonObject): string {
  for (const { text, always, sibling } of kind.language ?? []) {
    if (!matches(text, path)) continue;
    const said = always ?? (sibling === undefined ? undefined : around[sibling]);
    return typeof said === "string" && said !== "" ? said : "text";
  }
  const name = path.at(-1) ?? "";
  const ofMap = kind.text.some((pattern) => pattern.endsWith("/*") && matches(pattern, path)); // files by their names
  return ofMap ? (BY_ENDING[name.split(".").at(-1) ?? ""] ?? "text") : "";
}

export function isSecret(kind: KindDefinition, path: readonly string[]): boolean {
  return (kind.secret ?? []).some((pattern) => matches(pattern, path));
}

/** Whether a pattern of a kind fits: `*` is one segment, `**` any number, `<secret>` a name that tells of one. */
export function matches(pattern: string, path: readonly string[]): boolean {
  return fits(pattern.split("/").slice(1), path);
}

function fits(pattern: readonly string[], path: readonly string[]): boolean {
  const [first, ...rest] = pattern;
  if (first === undefined) return path.length === 0;
  if (first === "**") return fits(rest, path) || (path.length > 0 && fits(pattern, path.slice(1)));
  const [name] = path;
  return name !== undefined && (first === "*" || first === name || (first === NAMED && isSecretName(name))) && fits(rest, path.slice(1));
}

/** Where a text stands in its element, as far as that says something. */
function placeOf(spot: Spot): string {
  const inside = spot.path.slice(spot.path.lastIndexOf(ELEMENT) + 1);
  return inside.filter((name, i) => i === inside.length - 1 || !PLAIN.includes(name)).join(" › ");
}

function labelOf(value: JsonObject, id: string): string {
  for (const name of LABELS) {
    const said = value[name];
    if (typeof said === "string" && said.trim() !== "") return said;
  }
  return id;
}

function sortOf(value: JsonObject): string {
  const inside = isObject(value["value"]) ? value["value"] : value;
  const said = inside["language"] ?? inside["type"];
  return typeof said === "string" ? said : "";
}

// ---------------------------------------------------------------- schemas

/** The schema of a place, with references followed and the branch chosen that fits what stands there. */
export function schemaOf(root: Schema, schema: Schema | undefined, value: Json | undefined): Schema {
  let found = schema ?? {};
  for (let deep = 0; found.$ref !== undefined && deep < 20; deep++) {
    const name = /^#\/\$defs\/(.+)$/.exec(found.$ref)?.[1];
    found = (name === undefined ? undefined : root.$defs?.[name]) ?? {};
  }
  const branches = found.oneOf ?? found.anyOf;
  if (branches === undefined) return found;
  const branch = branches.map((one) => schemaOf(root, one, value)).find((one) => isObject(value) && says(one, value));
  return branch === undefined ? found : { ...found, ...branch };
}

/** The schema of a member of an object. */
export function schemaIn(root: Schema, schema: Schema, name: string, value: Json | undefined): Schema {
  const inside = name === ELEMENT ? schema.items : (schema.properties?.[name] ?? (typeof schema.additionalProperties === "object" ? schema.additionalProperties : undefined));
  return schemaOf(root, inside, value);
}

/** The schema at a path of a document. */
export function schemaAt(root: Schema, doc: Doc, spot: Spot): Schema {
  let schema = schemaOf(root, root, doc.value);
  let node: Json | undefined = doc.value;
  const tokens = spot.pointer.split("/").slice(1);
  spot.path.forEach((name, i) => {
    const token = (tokens[i] ?? "").replaceAll("~1", "/").replaceAll("~0", "~");
    node = isArray(node) ? node[Number(token)] : isObject(node) ? node[token] : undefined;
    schema = schemaIn(root, schema, name, node);
  });
  return schema;
}

/** The least that a schema asks for: what a new element begins with. */
export function sample(root: Schema, given: Schema | undefined): Json {
  let schema = schemaOf(root, given, undefined);
  const [branch] = schema.oneOf ?? schema.anyOf ?? [];
  if (branch !== undefined) schema = { ...schema, ...schemaOf(root, branch, undefined), required: [...(schema.required ?? []), ...(branch.required ?? [])] };
  if (schema.const !== undefined) return schema.const;
  if (schema.enum !== undefined) return schema.enum[0] ?? null;
  const type = Array.isArray(schema.type) ? schema.type[0] : schema.type;
  switch (type) {
    case "object":
    case undefined: {
      const made: Record<string, Json> = {};
      for (const name of schema.required ?? []) made[name] = sample(root, schema.properties?.[name]);
      return made;
    }
    case "array":
      return [];
    case "number":
    case "integer":
      return schema.minimum ?? 0;
    case "boolean":
      return false;
    case "string":
      return "";
    default:
      return null;
  }
}

function says(schema: Schema, value: JsonObject): boolean {
  return Object.entries(schema.properties ?? {}).every(([name, inside]) => inside.const === undefined || inside.const === value[name]);
}
