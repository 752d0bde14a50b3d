/**
 * A plain `<textarea>` on one text leaf of a draft: what is typed goes in at once, what others type comes in around the
 * caret; selection and scroll stay. Undo keys take back one's own edits only. While an input method composes, others'
 * text waits.
 */

import { canonicalSplices, carryPoint, cleanText, composeSplices, followText, LEAF_SENTENCES, mayType, Problem, transformSplices, typedAt } from "../index.js";
import type { LeafGone, LeafOptions, Splices, TextSource } from "../index.js";

export type TextareaOptions = LeafOptions;

/** Bind a textarea; the answer takes the binding off and leaves the text. Raises Problem `not_text`. */
export function bindTextarea(area: HTMLTextAreaElement, draft: TextSource, at: string, options: TextareaOptions = {}): () => void {
  const bound = new BoundTextarea(area, draft, at, options);
  return () => bound.end();
}

class BoundTextarea {
  private shown: string; // what the draft and the area agreed on last
  private waiting: Splices | null = null; // others' changes while an input method composes
  private gone: LeafGone["code"] | null = null; // the leaf is no text
  private goneByOwn = false;
  private readonly ends: (() => void)[] = [];

  constructor(
    private readonly area: HTMLTextAreaElement,
    private readonly draft: TextSource,
    private readonly at: string,
    private readonly options: TextareaOptions,
  ) {
    this.shown = draft.text(at);
    area.value = this.shown;
    this.lock();
    this.ends.push(
      followText(draft, at, this, { text: () => this.expected(), change: (splices, cause) => this.change(splices, cause), gone: (why, own) => this.goneNow(why, own) }),
      draft.on((event) => {
        if (event.type === "status") this.lock();
      }),
    );
    this.listen(area, "beforeinput", (event) => this.before(event as InputEvent));
    this.listen(area, "input", () => this.typed());
    this.listen(area, "keydown", (event) => this.key(event as KeyboardEvent));
    this.listen(area, "compositionstart", () => (this.waiting ??= []));
    this.listen(area, "compositionend", () => this.composed());
    this.listen(area.ownerDocument, "selectionchange", () => this.focus());
    this.listen(area, "focus", () => this.focus());
    this.listen(area, "blur", () => this.tellPlace("viewing", false));
  }

  end(): void {
    if (this.gone !== null && this.waiting !== null) this.tellGone(); // what is composed is not the draft's any more
    for (const end of this.ends.splice(0)) end();
  }

  private listen(target: EventTarget, type: string, act: (event: Event) => void): void {
    target.addEventListener(type, act);
    this.ends.push(() => target.removeEventListener(type, act));
  }

  private lock(): void {
    if (this.waiting !== null) return; // at its end: what is being composed would be lost
    const { area, gone } = this;
    area.readOnly = gone !== null || !mayType(this.draft);
    if (gone === null && !area.hasAttribute("data-dw-gone")) return;
    area.toggleAttribute("data-dw-gone", gone !== null);
    const sentence = gone === null ? "" : (this.options.goneSentences?.[gone] ?? LEAF_SENTENCES[gone]);
    area.title = sentence;
    if (gone === null) area.removeAttribute("aria-description");
    else area.setAttribute("aria-description", sentence);
  }

  private goneNow(why: LeafGone["code"] | null, own: boolean): void {
    this.gone = why;
    this.goneByOwn = own;
    this.tellGone();
    this.lock();
  }

  private tellGone(): void {
    const { gone: code, at, area } = this;
    this.options.gone?.(code === null ? null : { at, code, own: this.goneByOwn, text: area.value });
  }

  // ---------------------------------------------------------------- from the person

  private typed(): void {
    if (this.waiting !== null || this.gone !== null) return; // sent when the composition has ended
    this.clean();
    const { value, selectionEnd } = this.area;
    const s = typedAt(this.shown, value, selectionEnd);
    if (s.length === 0) return;
    this.shown = value;
    this.send(s);
  }

  /** What no text may hold (U+0000, half of a pair) can be pasted: it goes, the rest stays. */
  private clean(): void {
    const { value, selectionEnd } = this.area;
    const cleaned = cleanText(value);
    if (cleaned === value) return;
    const spot = cleanText(value.slice(0, selectionEnd)).length;
    this.area.value = cleaned;
    this.area.setSelectionRange(spot, spot);
  }

  private send(s: Splices): void {
    try {
      this.draft.edit([{ op: "text", at: this.at, s }], { origin: this });
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      this.options.refused?.(error);
      this.reread();
    }
  }

  /** Show what the draft says: an edit was not taken. */
  private reread(): void {
    if (this.gone !== null) return; // there is none: what is here can be copied
    const { selectionStart, selectionEnd } = this.area;
    this.area.value = this.shown = this.draft.text(this.at);
    this.area.setSelectionRange(selectionStart, selectionEnd);
  }

  private composed(): void {
    const theirs = this.waiting ?? [];
    this.waiting = null;
    this.clean();
    const { value, selectionStart, selectionEnd } = this.area;
    const mine = typedAt(this.shown, value, selectionEnd);
    if (this.gone !== null) {
      this.shown = value; // what the next text of the draft takes the place of
      if (mine.length > 0) this.tellGone();
      this.lock();
      return;
    }
    this.lock();
    if (theirs.length === 0) {
      this.typed();
      return;
    }
    const shift = transformSplices(theirs, mine, false);
    if (mine.length > 0) this.send(transformSplices(mine, theirs, true));
    this.area.value = this.shown = this.draft.text(this.at);
    this.area.setSelectionRange(carryPoint(selectionStart, shift, false), carryPoint(selectionEnd, shift, false));
  }

  private before(event: InputEvent): void {
    if (event.inputType !== "historyUndo" && event.inputType !== "historyRedo") return;
    event.preventDefault(); // the browser's own would take back what others typed
    this.turn(event.inputType === "historyUndo" ? "undo" : "redo");
  }

  private key(event: KeyboardEvent): void {
    if (!(event.ctrlKey || event.metaKey) || event.altKey) return;
    const key = event.key.toLowerCase();
    if (key !== "z" && key !== "y") return;
    event.preventDefault();
    this.turn(key === "y" || event.shiftKey ? "redo" : "undo");
  }

  private turn(way: "undo" | "redo"): void {
    if (this.waiting === null && mayType(this.draft)) this.draft[way]();
  }

  private focus(): void {
    if (this.area.ownerDocument.activeElement === this.area) this.tellPlace("editing", false);
  }

  private tellPlace(wanted: "editing" | "viewing", carried: boolean): void {
    const state = mayType(this.draft) ? wanted : "viewing";
    const { selectionStart, selectionEnd, selectionDirection } = this.area;
    const backward = selectionDirection === "backward";
    const [anchor, head] = backward ? [selectionEnd, selectionStart] : [selectionStart, selectionEnd];
    this.draft.focus({ at: this.at, anchor, head, state, carried });
  }

  // ---------------------------------------------------------------- from the draft

  /** What the draft's changes are made for: the area, but for what is being composed. */
  private expected(): string {
    return this.waiting === null ? this.shown : applied(this.shown, this.waiting);
  }

  private change(splices: Splices, cause: string): void {
    if (this.waiting !== null) {
      this.waiting = composeSplices(this.waiting, canonicalSplices(splices));
      return;
    }
    this.shown = applied(this.shown, splices);
    const { area } = this;
    const top = area.scrollTop;
    const height = area.scrollHeight;
    const above = splices.every(([position]) => position < this.firstVisible());
    for (const [position, del, insert] of [...splices].reverse()) {
      area.setRangeText(insert, position, position + del, "preserve");
    }
    area.scrollTop = above ? top + area.scrollHeight - height : top;
    if (cause === "undo" || cause === "redo") {
      const spot = endOf(splices);
      area.setSelectionRange(spot, spot);
    }
    if (area.ownerDocument.activeElement === area) this.tellPlace("editing", true);
  }

  /** Where the first visible line begins, as far as lines of one height tell. */
  private firstVisible(): number {
    const { area } = this;
    if (area.scrollTop === 0) return -1;
    const style = getComputedStyle(area);
    const line = Number.parseFloat(style.lineHeight) || Number.parseFloat(style.fontSize) * 1.2;
    let position = 0;
    for (let i = Math.floor(area.scrollTop / line); i > 0; i--) {
      const next = area.value.indexOf("\n", position);
      if (next < 0) break;
      position = next + 1;
    }
    return position;
  }
}

function applied(text: string, splices: Splices): string {
  let out = "";
  let done = 0;
  for (const [position, del, insert] of splices) {
    out += text.slice(done, position) + insert;
    done = position + del;
  }
  return out + text.slice(done);
}

/** Where the last splice ends, in coordinates after all. */
function endOf(splices: Splices): number {
  let shift = 0;
  let end = 0;
  for (const [position, del, insert] of splices) {
    end = position + shift + insert.length;
    shift += insert.length - del;
  }
  return end;
}
