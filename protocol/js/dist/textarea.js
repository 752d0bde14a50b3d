// src/bindings/textarea.ts
import { canonicalSplices, carryPoint, cleanText, composeSplices, followText, LEAF_SENTENCES, mayType, Problem, transformSplices, typedAt } from "./draftwire.js";
function bindTextarea(area, draft, at, options = {}) {
  const bound = new BoundTextarea(area, draft, at, options);
  return () => bound.end();
}
var BoundTextarea = class {
  constructor(area, draft, at, options) {
    this.area = area;
    this.draft = draft;
    this.at = at;
    this.options = options;
    this.shown = draft.text(at);
    area.value = this.shown;
    this.lock();
    this.ends.push(
      followText(draft, at, this, { text: () => this.expected(), change: (splices, cause) => this.change(splices, cause), gone: (why, own) => this.goneNow(why, own) }),
      draft.on((event) => {
        if (event.type === "status") this.lock();
      })
    );
    this.listen(area, "beforeinput", (event) => this.before(event));
    this.listen(area, "input", () => this.typed());
    this.listen(area, "keydown", (event) => this.key(event));
    this.listen(area, "compositionstart", () => this.waiting ??= []);
    this.listen(area, "compositionend", () => this.composed());
    this.listen(area.ownerDocument, "selectionchange", () => this.focus());
    this.listen(area, "focus", () => this.focus());
    this.listen(area, "blur", () => this.tellPlace("viewing", false));
  }
  area;
  draft;
  at;
  options;
  shown;
  // what the draft and the area agreed on last
  waiting = null;
  // others' changes while an input method composes
  gone = null;
  // the leaf is no text
  goneByOwn = false;
  ends = [];
  end() {
    if (this.gone !== null && this.waiting !== null) this.tellGone();
    for (const end of this.ends.splice(0)) end();
  }
  listen(target, type, act) {
    target.addEventListener(type, act);
    this.ends.push(() => target.removeEventListener(type, act));
  }
  lock() {
    if (this.waiting !== null) return;
    const { area, gone } = this;
    area.readOnly = gone !== null || !mayType(this.draft);
    if (gone === null && !area.hasAttribute("data-dw-gone")) return;
    area.toggleAttribute("data-dw-gone", gone !== null);
    const sentence = gone === null ? "" : this.options.goneSentences?.[gone] ?? LEAF_SENTENCES[gone];
    area.title = sentence;
    if (gone === null) area.removeAttribute("aria-description");
    else area.setAttribute("aria-description", sentence);
  }
  goneNow(why, own) {
    this.gone = why;
    this.goneByOwn = own;
    this.tellGone();
    this.lock();
  }
  tellGone() {
    const { gone: code, at, area } = this;
    this.options.gone?.(code === null ? null : { at, code, own: this.goneByOwn, text: area.value });
  }
  // ---------------------------------------------------------------- from the person
  typed() {
    if (this.waiting !== null || this.gone !== null) return;
    this.clean();
    const { value, selectionEnd } = this.area;
    const s = typedAt(this.shown, value, selectionEnd);
    if (s.length === 0) return;
    this.shown = value;
    this.send(s);
  }
  /** What no text may hold (U+0000, half of a pair) can be pasted: it goes, the rest stays. */
  clean() {
    const { value, selectionEnd } = this.area;
    const cleaned = cleanText(value);
    if (cleaned === value) return;
    const spot = cleanText(value.slice(0, selectionEnd)).length;
    this.area.value = cleaned;
    this.area.setSelectionRange(spot, spot);
  }
  send(s) {
    try {
      this.draft.edit([{ op: "text", at: this.at, s }], { origin: this });
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      this.options.refused?.(error);
      this.reread();
    }
  }
  /** Show what the draft says: an edit was not taken. */
  reread() {
    if (this.gone !== null) return;
    const { selectionStart, selectionEnd } = this.area;
    this.area.value = this.shown = this.draft.text(this.at);
    this.area.setSelectionRange(selectionStart, selectionEnd);
  }
  composed() {
    const theirs = this.waiting ?? [];
    this.waiting = null;
    this.clean();
    const { value, selectionStart, selectionEnd } = this.area;
    const mine = typedAt(this.shown, value, selectionEnd);
    if (this.gone !== null) {
      this.shown = value;
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
  before(event) {
    if (event.inputType !== "historyUndo" && event.inputType !== "historyRedo") return;
    event.preventDefault();
    this.turn(event.inputType === "historyUndo" ? "undo" : "redo");
  }
  key(event) {
    if (!(event.ctrlKey || event.metaKey) || event.altKey) return;
    const key = event.key.toLowerCase();
    if (key !== "z" && key !== "y") return;
    event.preventDefault();
    this.turn(key === "y" || event.shiftKey ? "redo" : "undo");
  }
  turn(way) {
    if (this.waiting === null && mayType(this.draft)) this.draft[way]();
  }
  focus() {
    if (this.area.ownerDocument.activeElement === this.area) this.tellPlace("editing", false);
  }
  tellPlace(wanted, carried) {
    const state = mayType(this.draft) ? wanted : "viewing";
    const { selectionStart, selectionEnd, selectionDirection } = this.area;
    const backward = selectionDirection === "backward";
    const [anchor, head] = backward ? [selectionEnd, selectionStart] : [selectionStart, selectionEnd];
    this.draft.focus({ at: this.at, anchor, head, state, carried });
  }
  // ---------------------------------------------------------------- from the draft
  /** What the draft's changes are made for: the area, but for what is being composed. */
  expected() {
    return this.waiting === null ? this.shown : applied(this.shown, this.waiting);
  }
  change(splices, cause) {
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
  firstVisible() {
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
};
function applied(text, splices) {
  let out = "";
  let done = 0;
  for (const [position, del, insert] of splices) {
    out += text.slice(done, position) + insert;
    done = position + del;
  }
  return out + text.slice(done);
}
function endOf(splices) {
  let shift = 0;
  let end = 0;
  for (const [position, del, insert] of splices) {
    end = position + shift + insert.length;
    shift += insert.length - del;
  }
  return end;
}
export {
  bindTextarea
};
