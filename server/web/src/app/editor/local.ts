/**
 * Edits that stay in this browser: what autosave off means. Kept over restarts, per user and draft, with the state that
 * they were made on, so that they are checked against everything since when they are saved or deployed. Editors are bound to
 * them as to a draft, and undo works; nobody sees where one is.
 */

import { changeBy, Doc, merge, Problem, same, Undo } from "draftwire";
import type { Caret, DraftEvent, DraftReplica, EditOptions, Json, JsonObject, Merge, Op, Shape, TextSource } from "draftwire";
import { me } from "../session.js";
import { toast } from "./toasts.js";

const PREFIX = "draftwire.local.";
const WRITE_AFTER_MS = 300;

interface Kept {
  etag: string;
  base: JsonObject;
  value: JsonObject;
}

export class LocalEdits implements TextSource {
  doc: Doc;
  readonly may = "type";
  readonly status = "local";
  readonly carets: readonly Caret[] = [];
  private readonly listeners = new Set<(event: DraftEvent) => void>();
  private readonly history = new Undo();
  private timer: number | undefined;
  private full = false; // the browser refused to keep them, and that was said

  private constructor(
    private readonly key: string,
    public etag: string,
    public base: JsonObject,
    value: JsonObject,
    private readonly shape: Shape,
  ) {
    this.doc = Doc.load(value, shape);
    window.addEventListener("pagehide", this.write);
  }

  /** What this browser kept of a draft, if anything. */
  static kept(draft: DraftReplica): LocalEdits | null {
    const text = localStorage.getItem(keyOf(draft));
    if (text === null) return null;
    const { etag, base, value } = JSON.parse(text) as Kept;
    return new LocalEdits(keyOf(draft), etag, base, value, draft.view.shape);
  }

  static begin(draft: DraftReplica, etag: string): LocalEdits {
    const { value } = draft.confirmed;
    const made = new LocalEdits(keyOf(draft), etag, value, value, draft.view.shape);
    made.write();
    return made;
  }

  get changed(): boolean {
    return !same(this.base, this.doc.value);
  }

  get(at: string): Json | undefined {
    return this.doc.get(at);
  }

  text(at: string): string {
    const text = this.get(at);
    if (typeof text !== "string") throw new Problem("not_text", at);
    return text;
  }

  on(listener: (event: DraftEvent) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  focus(): void {
    // Nobody is told where somebody is in a text that nobody else has.
  }

  /** Do ops here alone. Raises Problem if one does not fit. */
  edit(ops: readonly Op[], { origin }: EditOptions = {}): void {
    this.done(ops, "edit", origin);
  }

  seal(): void {
    this.history.seal();
  }

  undo(): boolean {
    return this.turn("undo");
  }

  redo(): boolean {
    return this.turn("redo");
  }

  private turn(cause: "undo" | "redo"): boolean {
    const ops = this.history[cause](this.doc, 0);
    if (ops !== null) this.done(ops, cause, undefined);
    return ops !== null;
  }

  private done(ops: readonly Op[], cause: "edit" | "undo" | "redo", origin: unknown): void {
    const before = this.doc;
    let doc = before;
    for (const op of ops) {
      doc.check(op);
      doc = doc.apply(op, 0).document;
    }
    this.doc = doc;
    if (cause === "edit") this.history.record(before, ops, 0, Date.now());
    window.clearTimeout(this.timer);
    this.timer = window.setTimeout(this.write, WRITE_AFTER_MS);
    const event: DraftEvent = { type: "change", ...changeBy(before, ops, 0), by: [], own: true, origin, cause };
    for (const listener of [...this.listeners]) listener(event);
  }

  /** These edits were saved as they were in `value`; what was typed during the request stays here. */
  savedUpTo(value: JsonObject, etag: string): void {
    this.base = value;
    this.etag = etag;
    this.write();
  }

  /** What of these edits goes into the draft as it is now, and what can't without a choice. */
  mergeInto(draft: Doc): Merge {
    return merge(Doc.load(this.base, this.shape), this.doc, draft);
  }

  forget(): void {
    window.clearTimeout(this.timer);
    window.removeEventListener("pagehide", this.write);
    localStorage.removeItem(this.key);
  }

  private readonly write = (): void => {
    window.clearTimeout(this.timer);
    const kept: Kept = { etag: this.etag, base: this.base, value: this.doc.value };
    try {
      localStorage.setItem(this.key, JSON.stringify(kept));
      this.full = false;
    } catch (error) {
      if (!(error instanceof DOMException)) throw error;
      if (!this.full) toast({ text: "This browser has no room to keep these edits: save them into the draft before you leave." });
      this.full = true;
    }
  };
}

function keyOf(draft: DraftReplica): string {
  return `${PREFIX}${me.value?.workspace ?? ""}.${me.value?.user ?? ""}.${draft.id}.g${draft.generation}`;
}
