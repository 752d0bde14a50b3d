/** `<dw-status>`: what may be said of saving. */

import { DraftElement, make, sheetOf } from "./element.js";
import type { DraftEvent, DraftHandle } from "../index.js";

const STATUS_SHEET = sheetOf(`
:host { display: inline-flex; align-items: center; gap: 6px; }
.dot { flex: none; width: 9px; height: 9px; border-radius: 50%; background: var(--_-quiet); }
.saved { background: var(--_-good); }
.saving { background: none; border: 2px solid var(--_-accent); }
.waiting, .local, .offline { background: var(--_-warn); border-radius: 2px; }
.conflict, .refused, .signed_out, .gone { background: var(--_-bad); transform: rotate(45deg); border-radius: 1px; }
`);

/** What may be said of saving; changes are spoken, but for the flips of saved and saving. */
export class StatusElement extends DraftElement<Record<string, string>> {
  private readonly dot = make("span", { class: "dot", part: "dot", "aria-hidden": "true" });
  private readonly text = make("span", { part: "text" });
  private readonly voice = make("span", { class: "spoken", role: "status" });
  private spoken = "saved";

  /** Strings are sentences by status; those that are not given are the handle's. */
  constructor() {
    super({}, STATUS_SHEET);
    this.root.append(this.dot, this.text, this.voice);
  }

  protected heeds({ type }: DraftEvent): boolean {
    return type === "status" || (type === "change" && this.getAttribute("data-status") === "waiting"); // how much it is grows
  }

  protected draw(draft: DraftHandle): void {
    const { status } = draft;
    const sentence = this.strings[status]?.replaceAll("{characters}", String(draft.backlog)) ?? draft.sentence;
    this.setAttribute("data-status", status);
    this.dot.className = `dot ${status}`;
    this.text.textContent = sentence;
    if (status !== "saving" && status !== this.spoken) {
      this.spoken = status;
      this.voice.textContent = sentence;
    }
  }
}
