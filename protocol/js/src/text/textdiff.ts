/**
 * Differences of two texts, and the merge of two texts with their common base. Pure.
 *
 * Lines are matched first: common ends, then lines that occur once on both sides (patience), then Myers' greedy
 * algorithm, given up at `MAX_EDITS` so that two texts that share nothing cost little: what is not matched is replaced
 * as a whole. A changed block of lines up to `MAX_REFINED` is refined to tokens in the same way.
 */

import { applySplices, canonicalSplices, carrySpan, clashes, splitsPair, transformSplices } from "./text.js";
import type { Splice, Splices } from "./text.js";

export const MAX_EDITS = 256; // Myers' d; its cost is the square of it
export const MAX_DEPTH_OF_SEARCH = 24; // nested searches for unique lines, each a pass over the block
export const MAX_REFINED = 64 * 1024; // code points of both sides of a block

export type Match = readonly [a: number, b: number, count: number];
export type Hunk = readonly [a0: number, a1: number, b0: number, b1: number];
type Side = "m" | "t";

const TOKEN = /[A-Za-z0-9_]+|[ \t]+|[^A-Za-z0-9_ \t]/gsu;

/** A block that both sides changed differently; `start` to `end` in the merged text, which keeps theirs. */
export interface TextConflict {
  readonly start: number;
  readonly end: number;
  readonly base: string;
  readonly mine: string;
  readonly theirs: string;
}

/** What of mine goes into theirs: `splices` are for their text. */
export interface TextMerge {
  readonly splices: Splices;
  readonly conflicts: readonly TextConflict[];
}

/** Splices that make `to` of `from`. */
export function diffText(from: string, to: string): Splices {
  if (from === to) return [];
  const a = linesOf(from);
  const b = linesOf(to);
  const at = offsetsOf(a);
  const out = hunksOf(a, b).flatMap(([a0, a1, b0, b1]) => [
    ...refined(a.slice(a0, a1).join(""), b.slice(b0, b1).join(""), at[a0] as number),
  ]);
  return canonicalSplices(out);
}

/** Merge by lines; blocks that both sides changed by tokens, if every added line survives whole. */
export function mergeText(base: string, mine: string, theirs: string): TextMerge {
  if (mine === base || mine === theirs) return { splices: [], conflicts: [] };
  const [b, m, t] = [linesOf(base), linesOf(mine), linesOf(theirs)];
  const baseAt = offsetsOf(b);
  const theirsAt = offsetsOf(t);
  const ours: Splice[] = [];
  const other: Splice[] = [];
  const open: TextConflict[] = [];
  for (const block of blocksOf(hunksOf(b, m), hunksOf(b, t))) {
    const was = b.slice(...block.base).join("");
    const my = m.slice(...block.mine).join("");
    const their = t.slice(...block.theirs).join("");
    const changed = block.sides.includes("t") ? refined(was, their, 0) : [];
    const kept = block.sides.includes("m") ? mergedBlock(was, my, their, changed) : [];
    const by = baseAt[block.base[0]] as number;
    if (kept === null) {
      const [start, end] = block.theirs;
      open.push({ start: theirsAt[start] as number, end: theirsAt[end] as number, base: was, mine: my, theirs: their });
    } else {
      ours.push(...shifted(kept, by));
    }
    other.push(...shifted(changed, by));
  }
  const splices = transformSplices(canonicalSplices(ours), canonicalSplices(other), true);
  const conflicts = open.map((conflict): TextConflict => {
    const [start, end] = carrySpan(conflict.start, conflict.end, splices, true, false);
    return { ...conflict, start, end };
  });
  return { splices, conflicts };
}

function shifted(splices: Splices, by: number): Splice[] {
  return splices.map(([position, del, insert]): Splice => [position + by, del, insert]);
}

/** What mine adds to a block that theirs `changed`; null if they can't stand together. */
function mergedBlock(was: string, mine: string, theirs: string, changed: Splices): Splices | null {
  if (mine === theirs) return [];
  if (theirs === was) return refined(was, mine, 0);
  if (codePoints(was, mine, theirs) > MAX_REFINED) return null;
  const ours = refined(was, mine, 0).filter(
    ([p, d, i]) => !changed.some(([q, e, j]) => p === q && d === e && i === j),
  );
  if (ours.some((splice) => changed.some((other) => clashes(splice, other)))) return null;
  const merged = applySplices(theirs, transformSplices(ours, changed, true)).text;
  return keepsLines(was, mine, theirs, merged) ? ours : null;
}

/** Say whether every line that a side added is there, and none that one removed and the other left alone. */
function keepsLines(was: string, mine: string, theirs: string, merged: string): boolean {
  const [b, m, t, r] = [lineCounts(was), lineCounts(mine), lineCounts(theirs), lineCounts(merged)];
  for (const line of new Set([...b.keys(), ...m.keys(), ...t.keys()])) {
    const count = (counts: Map<string, number>): number => counts.get(line) ?? 0;
    const my = count(m) - count(b);
    const their = count(t) - count(b);
    if (count(r) < Math.max(my, their)) return false;
    if ((my < 0 && their === 0 && count(r) > count(m)) || (their < 0 && my === 0 && count(r) > count(t))) return false;
  }
  return true;
}

function lineCounts(side: string): Map<string, number> {
  const lines = side.split("\n");
  if (lines[lines.length - 1] === "") lines.pop();
  return countsOf(lines);
}

function countsOf(items: Iterable<string>): Map<string, number> {
  const counts = new Map<string, number>();
  for (const item of items) counts.set(item, (counts.get(item) ?? 0) + 1);
  return counts;
}

interface Block {
  readonly base: readonly [number, number];
  readonly mine: readonly [number, number];
  readonly theirs: readonly [number, number];
  readonly sides: string;
}

/** Join hunks of both sides that overlap or touch: ranges of lines in base, mine, theirs, and whose they are. */
function blocksOf(mine: readonly Hunk[], theirs: readonly Hunk[]): Block[] {
  const tagged = [
    ...mine.map((hunk): readonly [Hunk, Side] => [hunk, "m"]),
    ...theirs.map((hunk): readonly [Hunk, Side] => [hunk, "t"]),
  ].sort(([x, s], [y, u]) => x[0] - y[0] || x[1] - y[1] || x[2] - y[2] || x[3] - y[3] || (s < u ? -1 : s > u ? 1 : 0));
  const out: Block[] = [];
  const shift = { m: 0, t: 0 }; // of a side's lines against the base, before the block
  for (let i = 0; i < tagged.length; ) {
    let [lo, hi] = (tagged[i] as readonly [Hunk, Side])[0];
    const grow = { m: 0, t: 0 };
    let sides = "";
    for (let next = tagged[i]; next !== undefined && next[0][0] <= hi; next = tagged[++i]) {
      const [[a0, a1, b0, b1], side] = next;
      hi = Math.max(hi, a1);
      grow[side] += b1 - b0 - (a1 - a0);
      sides += side;
    }
    out.push({
      base: [lo, hi],
      mine: [lo + shift.m, hi + shift.m + grow.m],
      theirs: [lo + shift.t, hi + shift.t + grow.t],
      sides,
    });
    shift.m += grow.m;
    shift.t += grow.t;
  }
  return out;
}

/** Splices for a block that begins at unit `at`, by tokens if it isn't too large. */
function refined(from: string, to: string, at: number): Splices {
  if (from === "" || to === "") return from !== "" || to !== "" ? [[at, from.length, to]] : [];
  if (codePoints(from, to) > MAX_REFINED) return [trimmed(from, to, at)];
  const a = tokensOf(from);
  const b = tokensOf(to);
  const offsets = offsetsOf(a);
  return canonicalSplices(
    hunksOf(a, b).map(([a0, a1, b0, b1]) =>
      trimmed(a.slice(a0, a1).join(""), b.slice(b0, b1).join(""), at + (offsets[a0] as number)),
    ),
  );
}

/** How many code points there are; exact only if that may be more than `MAX_REFINED`. */
export function codePoints(...texts: readonly string[]): number {
  const units = texts.reduce((sum, text) => sum + text.length, 0);
  return units <= MAX_REFINED ? units : texts.reduce((sum, text) => sum + [...text].length, 0);
}

/** Leave out what is equal at the beginning and the end, whole code points. */
function trimmed(from: string, to: string, at: number): Splice {
  const size = Math.min(from.length, to.length);
  let start = 0;
  while (start < size && from.charCodeAt(start) === to.charCodeAt(start)) start++;
  if (splitsPair(from, start) || splitsPair(to, start)) start--;
  let end = 0;
  while (end < size - start && from.charCodeAt(from.length - 1 - end) === to.charCodeAt(to.length - 1 - end)) end++;
  if (splitsPair(from, from.length - end) || splitsPair(to, to.length - end)) end--;
  return [at + start, from.length - end - start, to.slice(start, to.length - end)];
}

/** Split into words, runs of blanks, and single other characters. */
export function tokensOf(text: string): readonly string[] {
  return text.match(TOKEN) ?? [];
}

/** Split after each line feed. */
export function linesOf(text: string): string[] {
  const lines = text.split("\n");
  const last = lines.pop() ?? "";
  const whole = lines.map((line) => line + "\n");
  return last === "" ? whole : [...whole, last];
}

/** Where each part begins, in units, and where the last ends. */
export function offsetsOf(parts: readonly string[]): number[] {
  const out = [0];
  let sum = 0;
  for (const part of parts) out.push((sum += part.length));
  return out;
}

/** What lies between the matches. */
export function hunksOf(a: readonly string[], b: readonly string[]): Hunk[] {
  const out: Hunk[] = [];
  let [i, j] = [0, 0];
  for (const [a0, b0, count] of [...matchesOf(a, b), [a.length, b.length, 0] as Match]) {
    if (i < a0 || j < b0) out.push([i, a0, j, b0]);
    i = a0 + count;
    j = b0 + count;
  }
  return out;
}

/** Runs of equal items, ascending in both sequences, none touching the next in both. */
export function matchesOf(a: readonly string[], b: readonly string[]): Match[] {
  const found: Match[] = [];
  const todo: [number, number, number, number, number][] = [[0, a.length, 0, b.length, 0]];
  for (let range = todo.pop(); range !== undefined; range = todo.pop()) {
    let [a0, a1, b0, b1] = range;
    const depth = range[4];
    const start = a0;
    while (a0 < a1 && b0 < b1 && a[a0] === b[b0]) {
      a0++;
      b0++;
    }
    if (a0 > start) found.push([start, b0 - (a0 - start), a0 - start]);
    const end = a1;
    while (a0 < a1 && b0 < b1 && a[a1 - 1] === b[b1 - 1]) {
      a1--;
      b1--;
    }
    if (end > a1) found.push([a1, b1, end - a1]);
    if (a0 === a1 || b0 === b1) continue;
    const anchors = depth < MAX_DEPTH_OF_SEARCH ? uniqueIn(a, b, a0, a1, b0, b1) : [];
    if (anchors.length === 0) {
      found.push(...myers(a, b, a0, a1, b0, b1));
      continue;
    }
    for (const [x, y] of [...anchors, [a1, b1] as const]) {
      todo.push([a0, x, b0, y, depth + 1]);
      if (x < a1) found.push([x, y, 1]);
      a0 = x + 1;
      b0 = y + 1;
    }
  }
  return joinedRuns(found.sort((x, y) => x[0] - y[0] || x[1] - y[1] || x[2] - y[2]));
}

function joinedRuns(found: readonly Match[]): Match[] {
  const out: Match[] = [];
  for (const [a0, b0, count] of found) {
    const last = out[out.length - 1];
    if (last !== undefined && last[0] + last[2] === a0 && last[1] + last[2] === b0) {
      out[out.length - 1] = [last[0], last[1], last[2] + count];
    } else {
      out.push([a0, b0, count]);
    }
  }
  return out;
}

/** The longest ascending chain of items that occur once in both ranges. */
function uniqueIn(
  a: readonly string[],
  b: readonly string[],
  a0: number,
  a1: number,
  b0: number,
  b1: number,
): (readonly [number, number])[] {
  const inA = countsOf(a.slice(a0, a1));
  const inB = countsOf(b.slice(b0, b1));
  const where = new Map<string, number>();
  for (let j = b0; j < b1; j++) if (inB.get(b[j] as string) === 1) where.set(b[j] as string, j);
  const pairs: (readonly [number, number])[] = [];
  for (let i = a0; i < a1; i++) {
    const j = inA.get(a[i] as string) === 1 ? where.get(a[i] as string) : undefined;
    if (j !== undefined) pairs.push([i, j]);
  }
  return longestAscent(pairs.map(([, j]) => j)).map((k) => pairs[k] as readonly [number, number]);
}

/** The indexes of a longest strictly ascending subsequence (the one that ends lowest). */
export function longestAscent(values: readonly number[]): number[] {
  const tails: number[] = []; // lowest last value of an ascent of each length
  const at: number[] = []; // its index
  const before: number[] = [];
  values.forEach((value, index) => {
    let [low, high] = [0, tails.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((tails[middle] as number) < value) low = middle + 1;
      else high = middle;
    }
    before.push(low > 0 ? (at[low - 1] as number) : -1);
    tails[low] = value;
    at[low] = index;
  });
  const out: number[] = [];
  for (let index = at[at.length - 1] ?? -1; index >= 0; index = before[index] as number) out.push(index);
  return out.reverse();
}

/** The furthest x on each diagonal; index `k + offset`. */
type Furthest = Int32Array;

/** Match by Myers' greedy algorithm; nothing if more than `MAX_EDITS` edits are needed. */
function myers(a: readonly string[], b: readonly string[], a0: number, a1: number, b0: number, b1: number): Match[] {
  const [n, m] = [a1 - a0, b1 - b0];
  const most = Math.min(n + m, MAX_EDITS);
  const offset = most + 1;
  const best: Furthest = new Int32Array(2 * most + 3);
  const trace: Furthest[] = [];
  for (let d = 0; d <= most; d++) {
    trace.push(best.slice());
    for (let k = -d; k <= d; k += 2) {
      let x = goesDown(best, k, d, offset) ? at(best, k + 1 + offset) : at(best, k - 1 + offset) + 1;
      let y = x - k;
      while (x < n && y < m && a[a0 + x] === b[b0 + y]) {
        x++;
        y++;
      }
      best[k + offset] = x;
      if (x >= n && y >= m) return walkBack(trace, n, m, a0, b0, offset);
    }
  }
  return [];
}

function at(best: Furthest, index: number): number {
  return best[index] as number;
}

function goesDown(best: Furthest, k: number, d: number, offset: number): boolean {
  return k === -d || (k !== d && at(best, k - 1 + offset) < at(best, k + 1 + offset));
}

function walkBack(trace: readonly Furthest[], n: number, m: number, a0: number, b0: number, offset: number): Match[] {
  const out: Match[] = [];
  let [x, y] = [n, m];
  for (let d = trace.length - 1; d >= 0; d--) {
    const best = trace[d] as Furthest;
    const k = x - y;
    const down = goesDown(best, k, d, offset);
    const before = down ? k + 1 : k - 1;
    const fromX = d > 0 ? at(best, before + offset) : 0;
    const startX = d === 0 ? 0 : down ? fromX : fromX + 1;
    if (x > startX) out.push([a0 + startX, b0 + startX - k, x - startX]);
    x = fromX;
    y = fromX - before;
  }
  return out;
}
