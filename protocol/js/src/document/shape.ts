/**
 * Which arrays of a kind are keyed and which strings are text, by patterns of pointers from the root.
 *
 * In a pattern `*` stands for one segment and `**` for any number, none included; an array element counts as one
 * segment whatever its id or index. The patterns become an automaton, built lazily and bounded by the patterns
 * alone (a member name that no pattern mentions takes the "other" edge): a walk costs one look-up per node.
 */

import { parseAddress } from "./address.js";
import type { Tokens } from "./address.js";
import { Problem } from "../errors.js";

export interface ShapeInfo {
  keyed: readonly string[];
  text: readonly string[];
  /** Text leaves, by a pattern, each with the member beside it that says how it is to be read. */
  coupled?: readonly (readonly [text: string, sibling: string])[];
}

/** The segment of an array element. */
export const ELEMENT = "*";

const KEYED = "keyed";
const TEXT = "text";
type Marks = typeof KEYED | typeof TEXT | { readonly sibling: string };
type Step = readonly [pattern: number, at: number];

/** A state of the automaton: what the patterns say of a path, and of what lies beyond it. */
export class Place {
  readonly keyed: boolean;
  readonly text: boolean;
  /** The member beside a text that says how it is to be read. */
  readonly sibling: string | null;
  readonly dead: boolean;
  private readonly edges = new Map<string, Place>();
  private other: Place | null = null;

  constructor(
    private readonly shape: Shape,
    private readonly state: readonly Step[],
  ) {
    let keyed = false;
    let text = false;
    let sibling: string | null = null;
    for (const [pattern, at] of state) {
      const { tokens, marks } = shape.pattern(pattern);
      if (at !== tokens.length) continue;
      if (marks === KEYED) keyed = true;
      else if (marks === TEXT) text = true;
      else sibling = marks.sibling;
    }
    this.sibling = sibling;
    this.keyed = keyed;
    this.text = text;
    this.dead = state.length === 0;
  }

  /** The place of a member, or of an element under `ELEMENT`. */
  member(name: string): Place {
    if (!this.shape.literals.has(name)) return (this.other ??= this.shape.step(this.state, null));
    let found = this.edges.get(name);
    if (found === undefined) this.edges.set(name, (found = this.shape.step(this.state, name)));
    return found;
  }

  /** The place of any element of an array here. */
  element(): Place {
    return this.member(ELEMENT);
  }
}

/** The patterns of one kind. */
export class Shape {
  readonly literals: ReadonlySet<string>;
  readonly root: Place;
  private readonly patterns: readonly { tokens: Tokens; marks: Marks }[];
  private readonly places = new Map<string, Place>();

  constructor(keyed: readonly string[] = [], text: readonly string[] = [], coupled: ShapeInfo["coupled"] = []) {
    this.patterns = [
      ...keyed.map((pattern) => ({ tokens: tokensOf(pattern), marks: KEYED }) as const),
      ...text.map((pattern) => ({ tokens: tokensOf(pattern), marks: TEXT }) as const),
      ...coupled.map(([pattern, sibling]) => ({ tokens: tokensOf(pattern), marks: { sibling } })),
    ];
    const names = new Set(this.patterns.flatMap(({ tokens }) => tokens));
    names.delete("*");
    names.delete("**");
    this.literals = names;
    this.root = this.place(this.patterns.map((_, i): Step => [i, 0]));
  }

  /** As a state says it. */
  static of({ keyed, text, coupled }: ShapeInfo): Shape {
    return new Shape(keyed, text, coupled);
  }

  /** The place of a path from the root; array elements are `ELEMENT` (or anything else). */
  at(path: readonly string[]): Place {
    return path.reduce((place, segment) => place.member(segment), this.root);
  }

  isKeyed(path: readonly string[]): boolean {
    return this.at(path).keyed;
  }

  isText(path: readonly string[]): boolean {
    return this.at(path).text;
  }

  pattern(index: number): { tokens: Tokens; marks: Marks } {
    const found = this.patterns[index];
    if (found === undefined) throw new RangeError("no such pattern");
    return found;
  }

  /** Follow one segment; `name` null is a segment that no pattern mentions. */
  step(state: readonly Step[], name: string | null): Place {
    const after: Step[] = [];
    for (const [pattern, at] of state) {
      const want = this.pattern(pattern).tokens[at];
      if (want === undefined) continue;
      if (want === "**") after.push([pattern, at]);
      else if (want === "*" || want === name) after.push([pattern, at + 1]);
    }
    return this.place(after);
  }

  private place(state: readonly Step[]): Place {
    const closed = new Map<string, Step>();
    for (const [pattern, at] of state) {
      const { tokens } = this.pattern(pattern);
      closed.set(`${pattern}.${at}`, [pattern, at]);
      for (let next = at; tokens[next] === "**"; ) {
        next++;
        closed.set(`${pattern}.${next}`, [pattern, next]);
      }
    }
    const key = [...closed.keys()].sort().join(" ");
    let found = this.places.get(key);
    if (found === undefined) this.places.set(key, (found = new Place(this, [...closed.values()])));
    return found;
  }
}

function tokensOf(pattern: string): Tokens {
  const [element, tokens] = parseAddress(pattern);
  if (element !== "" || tokens.length === 0) throw new Problem("bad_pattern", pattern);
  return tokens;
}
