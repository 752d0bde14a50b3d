/**
 * Edits that stay in this browser: what autosave off means. Kept over restarts, per user and draft, with the state that
 * they were made on, so that they are checked against everything since when they are saved or deployed.
 */

import { Doc, merge, same } from "draftwire";
import type { DraftReplica, JsonObject, Merge, Op, Shape } from "draftwire";
import { me } from "../session.js";
import { toast } from "./toasts.js";

const PREFIX = "draftwire.local.";
const WRITE_AFTER_MS = 300;

interface Kept {
  etag: string;
  base: JsonObject;
  value: JsonObject;
}

export class LocalEdits {
  doc: Doc;
  private timer: number | undefined;
  private full = false; // the browser refused to keep them, and that was said

  private constructor(
    private readonly key: string,
    readonly etag: string,
    readonly base: JsonObject,
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

  /** Do ops here alone. Raises Problem if one does not fit. */
  edit(ops: readonly Op[]): void {
    let { doc } = this;
    for (const op of ops) {
      doc.check(op);
      doc = doc.apply(op, 0).document;
    }
    this.doc = doc;
    window.clearTimeout(this.timer);
    this.timer = window.setTimeout(this.write, WRITE_AFTER_MS);
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
