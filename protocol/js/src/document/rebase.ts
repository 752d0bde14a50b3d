/**
 * A batch of ops carried over effects that it had not seen.
 *
 * `rebase` is the table of the wire specification: text over text on one leaf is transformed; every other op either
 * stays as it is or is lost, because what it aimed at was set, removed or destroyed meanwhile. The context of the
 * batch is the state at its base; op i+1 is made for the state after op i. Both sides of the grid are carried: each
 * of my ops over all foreign effects, each foreign effect over those of my ops that came before.
 *
 * Nothing here applies anything: `land` does, and what it finds missing is lost as well.
 */

import { escapeToken, isInside, ownerOf, parseAddress, unescapeToken } from "./address.js";
import { Batch } from "./batch.js";
import type { Doc } from "./document.js";
import { freshId, placesIn, placesOfElement, renamed, renamedElement } from "./ids.js";
import { goneIds } from "./ops.js";
import type { Effect, InsertOp, Json, MoveOp, Op, RemoveOp, SetOp, TextOp } from "./ops.js";
import { Shape } from "./shape.js";
import type { Place } from "./shape.js";
import { composeSplices, transformSplices } from "../text/text.js";
import { isArray, isObject, memberOf, same } from "./values.js";

/** An op that has no effect; a moot one wanted what has happened already, so that nobody need be told. */
export class Lost {
  constructor(
    readonly reason: "place_gone" | "element_gone" | "follows_lost" | "no_such_place" | "already_gone" | "nothing_left",
    readonly moot = false,
  ) {}
}

/** What `rebase` gives: an entry for each op; the foreign effects as they read after mine (null: moot); new names. */
export interface Rebased {
  readonly ops: readonly (Op | Lost)[];
  readonly over: readonly (Effect | null)[];
  readonly renamed: ReadonlyMap<string, string>;
}

/** What `land` gives: the new document, an effect or Lost for each op, all ids renamed on the way. */
export interface Landed {
  readonly document: Doc;
  readonly effects: readonly (Effect | Lost)[];
  readonly renamed: ReadonlyMap<string, string>;
}

/** Hears of every pair that touches one leaf, place or element, as they read in their common context. */
export type Meet = (i: number, k: number, mine: Op, theirs: Effect) => void;

const PLACE_GONE = new Lost("place_gone");
const ELEMENT_GONE = new Lost("element_gone");
const FOLLOWS = new Lost("follows_lost");
const FOLLOWS_MOOT = new Lost("follows_lost", true);
const ALREADY = new Lost("already_gone", true);
const NOTHING_LEFT = new Lost("nothing_left", true);
const UNKNOWN: Place = new Shape().root;

/** Carry `ops` over `over`, both made for one state; `w` marks ids that collide; `head` is the document after `over`. */
export function rebase(
  ops: readonly Op[],
  over: readonly Effect[],
  options: { w: number; head?: Doc | null; onMeet?: Meet | null },
): Rebased {
  if (over.length === 0) return { ops, over: [], renamed: new Map() };
  return new Grid(over, options.w, options.onMeet ?? null, options.head ?? null).carry(ops);
}

/** Apply a rebased batch to the head; ops inside what turns out lost go with it. */
export function land(document: Doc, ops: Iterable<Op | Lost>, w: number): Landed {
  const effects: (Effect | Lost)[] = [];
  const names = new Map<string, string>();
  const dead = new Set<string>();
  const batch = new Batch(document);
  for (let op of ops) {
    if (op instanceof Lost) {
      effects.push(op);
      continue;
    }
    if (op.op === "text" && op.s.length === 0) {
      effects.push(NOTHING_LEFT);
      continue;
    }
    if (names.size > 0) op = follow(op, names);
    if (dead.size > 0 && aimsAt(op, dead)) {
      effects.push(FOLLOWS);
      continue;
    }
    const applied = batch.apply(op, w);
    if (applied.effect === null) {
      effects.push(new Lost("no_such_place"));
      for (const id of guessedIds(op)) dead.add(id);
      continue;
    }
    effects.push(applied.effect);
    for (const [id, name] of applied.renamed) names.set(id, name);
    for (const id of applied.effect.made ?? []) dead.delete(id);
  }
  return { document: batch.document(), effects, renamed: names };
}

/** Append `more` to a buffer: text on one leaf becomes one op, a member set twice in a row is set once. */
export function compose(ops: readonly Op[], more: readonly Op[]): readonly Op[] {
  const out = [...ops];
  for (const op of more) {
    const last = out[out.length - 1];
    if (op.op === "text") composeText(out, op);
    else if (op.op === "set" && last?.op === "set" && last.at === op.at) out[out.length - 1] = op;
    else out.push(op);
  }
  return out;
}

function composeText(out: Op[], op: TextOp): void {
  for (let i = out.length - 1; i >= 0; i--) {
    const earlier = out[i];
    if (earlier?.op !== "text") break;
    if (earlier.at === op.at) {
      const both = composeSplices(earlier.s, op.s);
      if (both.length > 0) out[i] = { op: "text", at: op.at, s: both };
      else out.splice(i, 1);
      return;
    }
  }
  out.push(op);
}

/** `op` with the elements that it refers to under their new names; ids in its value stay. */
export function follow<T extends Op>(op: T, names: ReadonlyMap<string, string>): T {
  const slash = op.at.indexOf("/");
  const name = names.get(ownerOf(op.at));
  const at = name === undefined ? op.at : escapeToken(name) + (slash < 0 ? "" : op.at.slice(slash));
  if (op.op === "insert" || op.op === "move") {
    const places = { at, after: renamedId(op.after, names), before: renamedId(op.before, names) };
    return op.op === "move" ? { ...op, ...places, id: names.get(op.id) ?? op.id } : { ...op, ...places };
  }
  return at === op.at ? op : { ...op, at };
}

function renamedId(id: string | null | undefined, names: ReadonlyMap<string, string>): string | null {
  return id == null ? null : (names.get(id) ?? id);
}

type Made = Map<string, Place>;

/** The walk of one batch; `theirs` is always in the context of the op that comes next. */
class Grid {
  private readonly theirs: (Effect | null)[];
  private readonly names = new Map<string, string>();
  private readonly dead = new Set<string>(); // ids of mine that never came to be
  private readonly places: Made = new Map(); // of elements that the batch made
  private ops: readonly Op[] = [];

  constructor(
    private readonly over: readonly Effect[],
    private readonly w: number,
    private readonly onMeet: Meet | null,
    private readonly head: Doc | null,
  ) {
    this.theirs = [...over];
  }

  carry(ops: readonly Op[]): Rebased {
    this.ops = ops;
    const out = ops.map((given, i) => {
      const op = this.names.size > 0 ? follow(given, this.names) : given;
      return op.op === "text" ? this.carryText(i, op) : this.carryStructure(i, op);
    });
    return { ops: out, over: this.theirs, renamed: this.names };
  }

  private carryText(i: number, op: TextOp): Op | Lost {
    if (this.dead.size > 0 && aimsAt(op, this.dead)) return FOLLOWS;
    const at = op.at;
    for (let k = 0; k < this.theirs.length; k++) {
      const effect = this.theirs[k];
      if (effect == null) continue;
      const other = effect.op;
      if (other.op !== "text") {
        const lost = loses(op, effect);
        if (lost !== null) {
          this.onMeet?.(i, k, op, effect);
          return lost;
        }
      } else if (other.at === at) {
        this.onMeet?.(i, k, op, effect);
        const mine = transformSplices(op.s, other.s, true);
        const changed = transformSplices(other.s, op.s, false);
        this.theirs[k] = same(changed, other.s)
          ? effect
          : changed.length > 0
            ? { op: { op: "text", at, s: changed }, took: { took: "text", s: [] } }
            : null;
        if (mine.length === 0) return NOTHING_LEFT;
        op = { op: "text", at, s: mine };
      }
    }
    return op;
  }

  private carryStructure(i: number, op: Exclude<Op, TextOp>): Op | Lost {
    let made = this.made(op);
    if (this.dead.size > 0 && aimsAt(op, this.dead)) {
      this.bury(op);
      return op.op === "remove" ? FOLLOWS_MOOT : FOLLOWS;
    }
    for (let k = 0; k < this.theirs.length; k++) {
      const effect = this.theirs[k];
      if (effect == null) continue;
      const lost = loses(op, effect);
      if (lost !== null) {
        this.onMeet?.(i, k, op, effect);
        this.bury(op);
        if (lost === ALREADY && effect.op.op === "remove" && effect.op.at === op.at) this.theirs[k] = null;
        return lost;
      }
      const [touches, moot] = overrules(op, effect, made);
      if (touches) this.onMeet?.(i, k, op, effect);
      if (moot) {
        this.theirs[k] = null;
      } else if (made.size > 0) {
        [op, made] = this.rename(op, made, effect);
        this.forget(k, effect, made);
      }
    }
    for (const [id, place] of made) {
      this.dead.delete(id);
      this.places.set(id, place);
    }
    return op;
  }

  private bury(op: Op): void {
    for (const id of guessedIds(op)) this.dead.add(id);
  }

  /** What I made anew is not what they destroyed. */
  private forget(k: number, effect: Effect, made: Made): void {
    const { took } = effect;
    if (took.took !== "value" && took.took !== "element") return;
    const rest = took.gone.filter((id) => !made.has(id));
    if (rest.length < took.gone.length) this.theirs[k] = { ...effect, took: { ...took, gone: rest } };
  }

  /** Give new names to those of my new elements whose ids they used. */
  private rename(op: Exclude<Op, TextOp>, made: Made, effect: Effect): [Exclude<Op, TextOp>, Made] {
    const clashing = (effect.made ?? []).filter((id) => made.has(id));
    if (clashing.length === 0) return [op, made];
    const given = new Set([...made.keys(), ...this.names.values(), ...this.over.flatMap((other) => other.made ?? [])]);
    for (const own of this.ops) for (const id of guessedIds(own)) given.add(id);
    const names = new Map<string, string>();
    for (const id of clashing) {
      const name = freshId(id, this.w, (other) => given.has(other) || (this.head?.has(other) ?? false));
      names.set(id, name);
      this.names.set(id, name);
      given.add(name);
    }
    const renamedMade = new Map([...made].map(([id, place]) => [names.get(id) ?? id, place]));
    if (op.op === "insert") {
      const place = made.get(op.v["id"] as string) ?? UNKNOWN;
      return [{ ...op, v: renamedElement(op.v, place, names) }, renamedMade];
    }
    const place = op.op === "set" ? this.place(op.at) : null;
    if (op.op !== "set" || place === null) throw new Error("only an insert or a set in a known place makes elements");
    return [{ ...op, v: renamed(op.v, place, names) }, renamedMade];
  }

  /** The elements that `op` makes, with their places as far as the shape is known. */
  private made(op: Op): Made {
    const found: Made = new Map();
    if (op.op === "insert") placesOfElement(op.v, this.place(op.at)?.element() ?? UNKNOWN, found);
    else if (op.op === "set") {
      const place = this.place(op.at);
      if (place !== null) placesIn(op.v, place, found);
    }
    return found;
  }

  private place(at: string): Place | null {
    if (this.head === null) return null;
    const [element, tokens] = parseAddress(at);
    const place = this.places.get(element);
    if (place === undefined) return this.head.place(at);
    return tokens.reduce((inner, name) => inner.member(name), place);
  }
}

function aimsAt(op: Op, elements: ReadonlySet<string>): boolean {
  return elements.has(ownerOf(op.at)) || (op.op === "move" && elements.has(op.id));
}

/** Why `op` has nothing left to act on after a foreign effect; null if it has. */
function loses(op: Op, effect: Effect): Lost | null {
  const gone = goneIds(effect.took);
  if (gone.length > 0) {
    const element = ownerOf(op.at);
    if (gone.includes(element)) {
      const removesIt = op.op === "remove" && !op.at.includes("/");
      return removesIt && !(effect.made ?? []).includes(element) ? ALREADY : ELEMENT_GONE;
    }
    if (op.op === "move" && gone.includes(op.id)) return ELEMENT_GONE;
  }
  const other = effect.op;
  if ((other.op !== "set" && other.op !== "remove") || !op.at.startsWith(other.at) || !other.at.includes("/")) {
    return null;
  }
  const rest = op.at.slice(other.at.length);
  if (op.op === "insert" || op.op === "move") {
    return (rest !== "" && !rest.startsWith("/")) || arrayStands(other, rest) ? null : PLACE_GONE;
  }
  if (rest !== "") return rest.startsWith("/") ? PLACE_GONE : null;
  return op.op === "text" ? PLACE_GONE : null;
}

/** Say whether the value that they set has an array at `rest`, reached through members alone. */
function arrayStands(other: SetOp | RemoveOp, rest: string): boolean {
  if (other.op === "remove") return false;
  let node: Json | undefined = other.v;
  for (const raw of rest.split("/").slice(1)) node = isObject(node) ? memberOf(node, unescapeToken(raw)) : undefined;
  return isArray(node);
}

/** Say whether `op`, the later one, touches a foreign effect, and whether it leaves nothing of it. */
function overrules(op: SetOp | RemoveOp | InsertOp | MoveOp, effect: Effect, made: Made): [touches: boolean, moot: boolean] {
  const other = effect.op;
  const element = ownerOf(other.at);
  const moved = other.op === "move" ? other.id : null;
  if ((op.op === "set" || op.op === "remove") && op.at.includes("/")) {
    if (other.at === op.at || isInside(other.at, op.at)) return [true, true];
  } else if (op.op === "remove") {
    const aims = op.at === other.at || op.at === escapeToken(element) || (moved !== null && op.at === escapeToken(moved));
    return [aims, aims];
  } else if (op.op === "move") {
    return [op.id === moved, op.id === moved];
  }
  const older = made.has(element) || (moved !== null && made.has(moved)); // removed by me before I made its namesake
  return [older, older];
}

/** Every id in the value of a lost op; its place is gone, so nobody knows which arrays are keyed. */
function guessedIds(op: Op): Set<string> {
  const found = new Set<string>();
  if (op.op === "insert" || op.op === "set") guess(op.v, found);
  return found;
}

function guess(value: Json, found: Set<string>): void {
  if (isArray(value)) {
    for (const element of value) guess(element, found);
  } else if (isObject(value)) {
    const id = memberOf(value, "id");
    if (typeof id === "string") found.add(id);
    for (const member of Object.values(value)) guess(member, found);
  }
}
