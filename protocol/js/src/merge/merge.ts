/**
 * Differences of two documents, and the three-way merge; the outcome is ops, never a set of the root. Pure.
 *
 * Objects merge by member, keyed arrays by id wherever their elements stand, text leaves by `textdiff`, all else as a
 * whole. A change of one side alone is taken, the same change of both is one; everything else is a conflict and keeps
 * theirs. An element that one side removed and the other changed, or that both made, is a conflict; one that mine
 * merely moved while they removed it is gone.
 * The order of a keyed array is content: where both put elements into different orders at one stretch, or both made
 * elements in one gap or moved them there, mine is a conflict too. A text and the member that says how it is to be read
 * (its language) are one: where one side changed only the one and the other only the other, both are conflicts.
 *
 * A plain array is one value, unless all versions of it are equal but for the keyed arrays inside: then those merge; and
 * the names in `required` of a JSON schema are a set: what one side added is added, what it took out goes.
 * The ops are made by doing them to a working copy of theirs, in five steps: members that are new, elements that are
 * new or moved (in the order of mine), elements that are gone, members that are replaced or gone, text and the rest.
 */

import { escapeToken, formatAddress, isInside, ownerOf } from "../document/address.js";
import { Doc } from "../document/document.js";
import { placesIn, placesOfElement } from "../document/ids.js";
import type { Json, JsonObject, Op, SetOp, RemoveOp } from "../document/ops.js";
import type { Place } from "../document/shape.js";
import { diffText, longestAscent, mergeText } from "../text/textdiff.js";
import { isArray, isObject, memberOf, same } from "../document/values.js";

/**
 * What both sides changed differently; null stands for "not there" too. `text` is one block of a text leaf, `start` to
 * `end` where theirs stands in the merged leaf; `place` is where an element stands; `value` is all else.
 */
export interface Conflict {
  readonly address: string;
  readonly kind: "text" | "value" | "place";
  readonly base: Json;
  readonly mine: Json;
  readonly theirs: Json;
  readonly start?: number;
  readonly end?: number;
}

/** The outcome: `ops` bring into theirs what mine adds. */
export interface Merge {
  readonly ops: readonly Op[];
  readonly conflicts: readonly Conflict[];
}

type Maybe = Json | undefined; // undefined: not there

/** Ops that make `to` of `from`; raises Problem if its ids are bad or doubled. */
export function diff(from: Doc, to: JsonObject): readonly Op[] {
  const target = Doc.load(to, from.shape);
  if (same(from.value, to)) return [];
  const merger = new Merger(from, target, from);
  merger.run();
  return same(merger.work.value, to) ? merger.ops : coarse(from, to);
}

/** Merge three documents of one shape. */
export function merge(base: Doc, mine: Doc, theirs: Doc): Merge {
  if (same(base.value, theirs.value)) return { ops: diff(theirs, mine.value), conflicts: [] };
  const merger = new Merger(base, mine, theirs);
  merger.run();
  return { ops: merger.ops, conflicts: merger.conflicts };
}

/** Replace the members of the root that differ: for what crossed borders that ops can't follow. */
function coarse(from: Doc, to: JsonObject): readonly Op[] {
  const removed: Op[] = [];
  const made: Op[] = [];
  for (const name of Object.keys({ ...from.value, ...to })) {
    const at = formatAddress("", [name]);
    const was = memberOf(from.value, name);
    const now = memberOf(to, name);
    if (same(was, now)) continue;
    if (was !== undefined) {
      if (isArray(was) && from.shape.root.member(name).keyed) {
        for (const element of was) removed.push({ op: "remove", at: escapeToken(idOf(element)) });
      }
      removed.push({ op: "remove", at });
    }
    if (now !== undefined) made.push({ op: "set", at, v: now });
  }
  return [...removed, ...made];
}

function idOf(element: Json): string {
  return (element as JsonObject)["id"] as string;
}

function idsOf(array: Maybe): string[] {
  return isArray(array) ? array.map(idOf) : [];
}

/** One merge; `work` is theirs with the ops so far. */
class Merger {
  readonly ops: Op[] = [];
  readonly conflicts: Conflict[] = [];
  work: Doc;
  private readonly sides: readonly [Doc, Doc, Doc];
  private readonly late: (SetOp | RemoveOp)[] = []; // members replaced or gone, when elements have left them
  private readonly last: Op[] = []; // text, and members set in place
  private free = new Set<string>(); // elements of theirs that may go
  private readonly orders = new Map<string, boolean>(); // by array: whether both sides have it in one order
  private readonly homes: readonly [Map<string, string>, Map<string, string>, Map<string, string>];

  constructor(
    private readonly base: Doc,
    private readonly mine: Doc,
    private readonly theirs: Doc,
  ) {
    this.sides = [base, mine, theirs];
    this.work = theirs;
    this.homes = [this.track(base), this.track(mine), this.track(theirs)];
  }

  run(): void {
    const [, mine, theirs] = this.homes;
    this.members("", this.work.shape.root, this.base.value, this.mine.value, this.theirs.value);
    for (const id of theirs.keys()) if (mine.has(id)) this.content(id);
    this.placeAll();
    this.removeAll();
    for (const op of this.late) this.finish(op);
    for (const op of this.last) this.do(op);
  }

  private do(op: Op): boolean {
    const applied = this.work.apply(op, 0);
    if (applied.effect === null || applied.renamed.size > 0) return false;
    this.work = applied.document;
    this.ops.push(op);
    return true;
  }

  // Which elements have an identity that ops can follow

  /** The home of each element that is reached through objects and transparent arrays, parents first. */
  private track(side: Doc): Map<string, string> {
    const found = new Map<string, string>();
    this.trackIn(side.value, "", side.shape.root, found);
    return found;
  }

  private trackIn(value: Json, at: string, place: Place, found: Map<string, string>): void {
    if (place.dead) return;
    if (isObject(value)) {
      for (const [name, member] of Object.entries(value)) {
        if (isObject(member) || isArray(member)) {
          this.trackIn(member, `${at}/${escapeToken(name)}`, place.member(name), found);
        }
      }
    } else if (!isArray(value)) {
      return;
    } else if (place.keyed) {
      for (const element of value) {
        found.set(idOf(element), at);
        this.trackIn(element, escapeToken(idOf(element)), place.element(), found);
      }
    } else if (this.isTransparent(at, place)) {
      value.forEach((element, i) => {
        if (isObject(element) || isArray(element)) this.trackIn(element, `${at}/${i}`, place.element(), found);
      });
    }
  }

  private isTransparent(at: string, place: Place): boolean {
    const present = this.sides.map((side) => side.get(at)).filter((value) => value !== undefined);
    const [first] = present;
    if (!isArray(first)) return false;
    const shown = skeleton(first, place);
    return present.every((value) => isArray(value) && same(skeleton(value, place), shown));
  }

  // Members of the root and of elements that all sides have

  private content(id: string): void {
    const at = escapeToken(id);
    const place = this.theirs.place(at);
    const [b, m, t] = this.valuesAt(at);
    if (place === null || m === undefined || t === undefined) return;
    if (b === undefined) {
      if (!same(m, t)) this.conflict(at, undefined, m, t);
      return;
    }
    if (!same(m, b) && !same(m, t)) this.members(at, place, b, m as JsonObject, t as JsonObject);
  }

  private valuesAt(at: string): [Maybe, Maybe, Maybe] {
    return [this.base.get(at), this.mine.get(at), this.theirs.get(at)];
  }

  private members(at: string, place: Place, b: Maybe, m: JsonObject, t: JsonObject): void {
    const apart = this.coupled(at, place, b, m, t);
    for (const name of Object.keys({ ...t, ...m })) {
      if (apart.has(name)) continue;
      const was = isObject(b) ? memberOf(b, name) : undefined;
      this.member(`${at}/${escapeToken(name)}`, place.member(name), was, memberOf(m, name), memberOf(t, name));
    }
  }

  /**
   * Report each text of which one side changed only how it is to be read, the other only what it says: together neither
   * wrote that. Gives the members that this settles.
   */
  private coupled(at: string, place: Place, b: Maybe, m: JsonObject, t: JsonObject): Set<string> {
    const settled = new Set<string>();
    if (!isObject(b)) return settled;
    for (const name of Object.keys({ ...t, ...m })) {
      const { sibling, keyed } = place.member(name);
      if (sibling === null || keyed || settled.has(name)) continue;
      const unit = [name, sibling];
      const changed = (side: JsonObject): string[] => unit.filter((one) => !same(memberOf(b, one), memberOf(side, one)));
      const [mine, theirs] = [changed(m), changed(t)];
      if (mine.length === 0 || theirs.length === 0 || mine.some((one) => theirs.includes(one))) continue;
      for (const one of unit) {
        this.conflict(`${at}/${escapeToken(one)}`, memberOf(b, one), memberOf(m, one), memberOf(t, one));
        settled.add(one);
      }
    }
    return settled;
  }

  private member(at: string, place: Place, b: Maybe, m: Maybe, t: Maybe): void {
    const names = this.names(at, place, b, m, t);
    if (isObject(m) && isObject(t)) {
      this.members(at, place, b, m, t);
    } else if (isArray(m) && isArray(t) && (place.keyed || this.isTransparent(at, place))) {
      if (place.keyed) return;
      m.forEach((mine, i) => this.member(`${at}/${i}`, place.element(), isArray(b) ? b[i] : undefined, mine, t[i]));
    } else if (place.keyed && isArray(m) && !isArray(t) && !isArray(b)) {
      this.value(at, place, b, same(t, b) ? [] : m, t); // its elements come by their places
    } else if (place.keyed && isArray(t) && isArray(b) && !isArray(m)) {
      this.late.push(m === undefined ? { op: "remove", at } : { op: "set", at, v: m });
    } else if (same(m, b) || same(m, t)) {
      return;
    } else if (names !== null) {
      this.late.push({ op: "set", at, v: names });
    } else if (place.text && typeof m === "string" && typeof t === "string" && typeof b === "string") {
      this.text(at, b, m, t);
    } else {
      this.value(at, place, b, m, t);
    }
  }

  /** What the names that a JSON schema requires become, if that is what stands here on all sides. */
  private names(at: string, place: Place, b: Maybe, m: Maybe, t: Maybe): string[] | null {
    const slash = at.lastIndexOf("/");
    if (at.slice(slash + 1) !== "required" || place.keyed || same(b, t) || !areNames(b) || !areNames(m) || !areNames(t)) return null;
    const around = at.slice(0, slash);
    if (!this.sides.every((side) => isSchema(around === "" ? side.value : side.get(around)))) return null;
    return [...t.filter((n) => !b.includes(n) || m.includes(n)), ...m.filter((n) => !b.includes(n) && !t.includes(n))];
  }

  private value(at: string, place: Place, b: Maybe, m: Maybe, t: Maybe): void {
    if (!same(t, b)) {
      if (!(place.keyed && isArray(m) && isArray(b))) this.conflict(at, b, m, t); // else told by its elements
    } else if (m === undefined) {
      this.late.push({ op: "remove", at });
    } else if (isObject(t) || isArray(t)) {
      this.late.push({ op: "set", at, v: m });
    } else if (!isObject(m) && !isArray(m)) {
      this.last.push({ op: "set", at, v: m });
    } else if (!this.do({ op: "set", at, v: this.stripped(m, place) })) {
      this.conflict(at, b, m, t);
    }
  }

  private text(at: string, b: string, m: string, t: string): void {
    if (t === b) {
      this.last.push({ op: "text", at, s: diffText(b, m) });
      return;
    }
    const outcome = mergeText(b, m, t);
    if (outcome.splices.length > 0) this.last.push({ op: "text", at, s: outcome.splices });
    for (const { base, mine, theirs, start, end } of outcome.conflicts) {
      this.conflicts.push({ address: at, kind: "text", base, mine, theirs, start, end });
    }
  }

  private conflict(address: string, b: Maybe, m: Maybe, t: Maybe, kind: "value" | "place" = "value"): void {
    this.conflicts.push({ address, kind, base: b ?? null, mine: m ?? null, theirs: t ?? null });
  }

  /** A copy without the keyed elements that exist already; they move in later. */
  private stripped(value: Json, place: Place): Json {
    if (place.dead) return value;
    if (isObject(value)) {
      return Object.fromEntries(
        Object.entries(value).map(([name, member]) => [name, this.stripped(member, place.member(name))]),
      );
    }
    if (!isArray(value)) return value;
    const kept = value.filter((element) => !(place.keyed && this.work.has(idOf(element))));
    return kept.map((element) => this.stripped(element, place.element()));
  }

  // Where elements stand

  private placeAll(): void {
    const movedMine = this.moved(1);
    const movedTheirs = this.moved(2);
    const contested = this.contested(movedMine, movedTheirs);
    const [b, m, t] = this.homes;
    for (const [id, home] of m) {
      if (t.has(id)) {
        const settled = t.get(id) === home && this.sameOrder(home);
        if (movedTheirs.has(id) || !b.has(id)) {
          if ((movedMine.has(id) || !b.has(id)) && !settled) {
            this.conflict(escapeToken(id), b.get(id), home, t.get(id), "place");
          }
        } else if (movedMine.has(id) && !this.stands(id, home)) {
          if (contested.has(id)) this.conflict(escapeToken(id), b.get(id), home, t.get(id), "place");
          else this.move(id, home);
        }
      } else if (b.has(id)) {
        this.theirsRemoved(id);
      } else if (this.theirs.has(id)) {
        this.conflict(escapeToken(id), ...this.valuesAt(escapeToken(id)));
      } else if (!this.work.has(id)) {
        if (contested.has(id)) this.conflict(escapeToken(id), undefined, this.mine.get(escapeToken(id)), undefined);
        else this.insert(id, home);
      }
    }
  }

  /**
   * The elements of mine whose place in an array is not for mine alone to say: order is content. They are those of an array
   * that both sides put into different orders at one stretch, and those that mine made in a gap, or moved there, where theirs
   * made or moved others.
   */
  private contested(movedMine: ReadonlySet<string>, movedTheirs: ReadonlySet<string>): Set<string> {
    const [b, m, t] = this.homes;
    const found = new Set<string>();
    for (const home of new Set(m.values())) {
      if (!this.sides.every((side) => isArray(side.get(home)))) continue;
      const arrays = this.sides.map((side) => idsOf(side.get(home)));
      const known = new Set(arrays[0]?.filter((id) => m.get(id) === home && t.get(id) === home));
      const [base = [], mine = [], theirs = []] = arrays.map((array) => array.filter((id) => known.has(id)));
      const own = stretch(base, mine);
      const other = stretch(base, theirs);
      if (!same(mine, theirs) && own && other && own[0] <= other[1] && other[0] <= own[1]) for (const id of known) found.add(id);
      const stay = new Set([...known].filter((id) => !movedMine.has(id) && !movedTheirs.has(id)));
      const gaps = gapsOf(arrays[2] ?? [], stay, (id) => !b.has(id) || movedTheirs.has(id));
      for (const [left, came] of gapsOf(arrays[1] ?? [], stay, (id) => !b.has(id) || movedMine.has(id))) {
        if (gaps.get(left)?.some((id) => !came.includes(id))) for (const id of came) found.add(id);
      }
    }
    return found;
  }

  /** The elements that a side moved: to another array, or past others in their own. */
  private moved(side: 1 | 2): Set<string> {
    const [base] = this.homes;
    const moved = new Set<string>();
    for (const [id, home] of this.homes[side]) if (base.has(id) && base.get(id) !== home) moved.add(id);
    for (const home of new Set(base.values())) {
      const before = new Map(idsOf(this.base.get(home)).map((id, i) => [id, i]));
      const order = idsOf(this.sides[side].get(home)).filter((id) => base.get(id) === home);
      const stay = new Set(longestAscent(order.map((id) => before.get(id) as number)).map((i) => order[i]));
      for (const id of order) if (!stay.has(id)) moved.add(id);
    }
    return moved;
  }

  private sameOrder(home: string): boolean {
    const known = this.orders.get(home);
    if (known !== undefined) return known;
    const mine = idsOf(this.mine.get(home));
    const theirs = idsOf(this.theirs.get(home));
    const [here, there] = [new Set(mine), new Set(theirs)];
    const found = same(mine.filter((id) => there.has(id)), theirs.filter((id) => here.has(id)));
    this.orders.set(home, found);
    return found;
  }

  /** Say whether an element already stands behind the one that mine has before it. */
  private stands(id: string, home: string): boolean {
    const found = this.work.home(id);
    return found !== null && found[0] === home && found[1] === this.left(id, home);
  }

  /** The nearest element left of it in mine that stands in that array of the working copy. */
  private left(id: string, home: string): string | null {
    let left: string | null = null;
    const here = new Set(this.work.place(home)?.keyed ? idsOf(this.work.get(home)).filter((other) => this.work.has(other)) : []);
    for (const other of idsOf(this.mine.get(home))) {
      if (other === id) break;
      if (here.has(other)) left = other;
    }
    return left;
  }

  private neighbours(id: string, home: string): { after: string | null; before: string | null } {
    const after = this.left(id, home);
    const others = idsOf(this.work.get(home)).filter((other) => other !== id);
    const at = after === null ? 0 : others.indexOf(after) + 1;
    return { after, before: others[at] ?? null };
  }

  private move(id: string, home: string): void {
    if (isArray(this.work.get(home)) && this.do({ op: "move", id, at: home, ...this.neighbours(id, home) })) return;
    this.conflict(escapeToken(id), this.homes[0].get(id), home, this.homes[2].get(id), "place");
  }

  private insert(id: string, home: string): void {
    const at = escapeToken(id);
    const place = this.mine.place(at);
    const mine = this.mine.get(at);
    if (place === null || mine === undefined) return;
    const v = this.stripped(mine, place) as JsonObject;
    if (isArray(this.work.get(home)) && this.do({ op: "insert", at: home, v, ...this.neighbours(id, home) })) return;
    this.conflict(at, undefined, mine, undefined);
  }

  /** Report what mine changed in an element that is gone in theirs. */
  private theirsRemoved(id: string): void {
    const at = escapeToken(id);
    const place = this.mine.place(at);
    const [was, now] = this.valuesAt(at);
    if (place === null || was === undefined || now === undefined) return;
    if (!same(skeleton(was, place), skeleton(now, place))) this.conflict(at, was, now, undefined);
  }

  // What goes

  /** Remove what mine removed; an element with anything inside that must stay, stays as a whole. */
  private removeAll(): void {
    const [b, m, t] = this.homes;
    const gone = [...t.keys()].filter((id) => b.has(id) && !m.has(id));
    this.free = new Set(gone.filter((id) => !this.theirsChanged(id)));
    const settled = new Set<string>();
    for (const id of gone) {
      const at = escapeToken(id);
      if (settled.has(id) || !this.work.has(id) || (this.free.has(id) && this.goesLate(id))) continue;
      const inside = [...this.inside(at).keys()];
      if (inside.every((other) => this.free.has(other))) {
        this.do({ op: "remove", at });
      } else {
        for (const other of inside) settled.add(other);
        this.conflict(at, this.base.get(at), undefined, this.theirs.get(at));
      }
    }
  }

  /** Say whether an element goes with an object around it that is replaced or removed as a whole. */
  private goesLate(id: string): boolean {
    for (let element = id; element !== ""; ) {
      const home = this.homes[2].get(element) ?? "";
      if (this.late.some((op) => isInside(home, op.at))) return true;
      element = ownerOf(home);
    }
    return false;
  }

  private theirsChanged(id: string): boolean {
    const at = escapeToken(id);
    const place = this.theirs.place(at);
    const [was, , now] = this.valuesAt(at);
    if (place === null || was === undefined || now === undefined) return true;
    return !same(skeleton(was, place), skeleton(now, place));
  }

  /** The elements inside a place of the working copy, an element itself included. */
  private inside(at: string): Map<string, Place> {
    const inside = new Map<string, Place>();
    const place = this.work.place(at);
    const value = this.work.get(at);
    if (place === null || value === undefined) return inside;
    if (at.includes("/")) placesIn(value, place, inside);
    else placesOfElement(value, place, inside);
    return inside;
  }

  /** Replace or remove a member; elements that must stay inside make it a conflict. */
  private finish(op: SetOp | RemoveOp): void {
    const staying = [...this.inside(op.at).keys()].some((id) => this.homes[2].has(id) && !this.free.has(id));
    if (staying || !this.do(op)) this.conflict(op.at, ...this.valuesAt(op.at));
  }
}

function areNames(value: Maybe): value is string[] {
  return isArray(value) && value.every((name) => typeof name === "string") && new Set(value).size === value.length;
}

function isSchema(value: Maybe): boolean {
  return isObject(value) && isObject(memberOf(value, "properties"));
}

/** The first and the last index at which an order differs. */
function stretch(base: readonly string[], now: readonly string[]): [number, number] | null {
  const differ = base.flatMap((id, i) => (id === now[i] ? [] : [i]));
  return differ.length === 0 ? null : [differ[0] as number, differ.at(-1) as number];
}

/** The elements of an array that came there, by the known one that stands before them. */
function gapsOf(array: readonly string[], known: ReadonlySet<string>, came: (id: string) => boolean): Map<string | null, string[]> {
  const found = new Map<string | null, string[]>();
  let left: string | null = null;
  for (const id of array) {
    if (known.has(id)) left = id;
    else if (came(id)) found.set(left, [...(found.get(left) ?? []), id]);
  }
  return found;
}

/** A value with the elements of its keyed arrays left out. */
function skeleton(value: Json, place: Place): Json {
  if (place.dead) return value;
  if (isObject(value)) {
    return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, skeleton(member, place.member(name))]));
  }
  if (!isArray(value)) return value;
  return place.keyed ? [] : value.map((element) => skeleton(element, place.element()));
}
