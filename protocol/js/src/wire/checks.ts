/** What a member of a message may be: checks, and those that are made of others. Each raises a Problem that names the place. */

import { Problem } from "../errors.js";

export type Check = (value: unknown, path: string) => void;

export function wrong(path: string, expected: string): never {
  throw new Problem("bad_message", `${path}: expected ${expected}`);
}

export const text: Check = (value, path) => {
  if (typeof value !== "string") wrong(path, "a string");
};
export const integer: Check = (value, path) => {
  if (!Number.isSafeInteger(value)) wrong(path, "an integer");
};
export const number: Check = (value, path) => {
  if (typeof value !== "number") wrong(path, "a number");
};
export const flag: Check = (value, path) => {
  if (typeof value !== "boolean") wrong(path, "true or false");
};

export function oneOf(...names: string[]): Check {
  return (value, path) => {
    if (typeof value !== "string" || !names.includes(value)) wrong(path, names.join(" | "));
  };
}
export function nullable(check: Check): Check {
  return (value, path) => {
    if (value !== null) check(value, path);
  };
}
export function optional(check: Check): Check {
  return (value, path) => {
    if (value !== undefined) check(value, path);
  };
}
/** A text, or what another check says. */
export function either(first: Check, other: Check): Check {
  return (value, path) => (typeof value === "string" ? first : other)(value, path);
}
export function listOf(check: Check): Check {
  return (value, path) => {
    if (!Array.isArray(value)) wrong(path, "an array");
    for (let i = 0; i < value.length; i++) check(value[i], `${path}/${i}`);
  };
}
export function mapOf(check: Check): Check {
  return (value, path) => {
    for (const [member, inner] of Object.entries(members(value, path))) check(inner, `${path}/${member}`);
  };
}
export function tupleOf(required: readonly Check[], more: readonly Check[] = []): Check {
  return (value, path) => {
    if (!Array.isArray(value) || value.length < required.length) wrong(path, `${required.length} elements`);
    [...required, ...more].forEach((check, i) => {
      if (i < value.length) check(value[i], `${path}/${i}`);
    });
  };
}
export function struct(shape: Readonly<Record<string, Check>>): Check {
  const checks = Object.entries(shape);
  return (value, path) => {
    const object = members(value, path);
    for (const [member, check] of checks) check(object[member], `${path}/${member}`);
  };
}
export function members(value: unknown, path: string): Record<string, unknown> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) wrong(path, "an object");
  return value as Record<string, unknown>;
}

const OPS: Record<string, Check> = {
  text: struct({ at: text, s: listOf(tupleOf([integer, integer, text])) }),
  set: struct({ at: text, v: present }),
  remove: struct({ at: text }),
  insert: struct({ at: text, v: mapOf(present), after: optional(nullable(text)), before: optional(nullable(text)) }),
  move: struct({ id: text, at: text, after: optional(nullable(text)), before: optional(nullable(text)) }),
};
export function present(value: unknown, path: string): void {
  if (value === undefined) wrong(path, "a value");
}
export const op: Check = (value, path) => {
  const kind = members(value, path)["op"];
  const check = typeof kind === "string" && Object.hasOwn(OPS, kind) ? OPS[kind] : undefined;
  if (check === undefined) wrong(`${path}/op`, Object.keys(OPS).join(" | "));
  check(value, path);
};
