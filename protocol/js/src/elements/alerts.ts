/** `<dw-alerts>`: open alerts, both texts side by side, and how each may be settled. */

import { DraftElement, filled, make, sheetOf, shown } from "./element.js";
import { Problem } from "../index.js";
import type { Alert, AlertSide, DraftEvent, DraftHandle } from "../index.js";

const ALERT_STRINGS = {
  label: "Conflicts",
  clash: "You and {who} wrote in one place, unseen by each other",
  stale: "{who} had changed this before your edit came in",
  structural: "You and {who} changed the same part in two ways",
  lost: "{who} removed what you were writing in",
  save: "Your save met changes of {who}",
  somebody: "somebody",
  lines: "Lines {from}–{to}",
  line: "Line {from}",
  mine: "Yours",
  nothing: "(nothing left)",
  keepMine: "Keep mine",
  takeTheirs: "Take theirs",
  later: "Later",
  failed: "That did not work: {why}",
};
const ALERT_SHEET = sheetOf(`
section { border: 1px solid var(--_-line); border-left: 4px solid var(--_-warn); border-radius: 6px; padding: 10px 12px; margin-bottom: 8px; background: var(--_-surface); }
h3 { font-size: 14px; }
.place { background: none; border: 0; padding: 0; color: var(--_-accent); text-decoration: underline; }
dl { display: grid; grid-template-columns: repeat(auto-fit, minmax(180px, 1fr)); gap: 8px; margin: 8px 0; }
dt { font-weight: 600; }
dd { margin: 0; }
pre { max-height: 10em; overflow: auto; padding: 6px; border: 1px solid var(--_-line); border-radius: 4px; }
.actions { display: flex; flex-wrap: wrap; gap: 6px; }
`);

/** The open conflicts that concern this session: both texts, keep mine, take theirs, later. Never takes the focus. */
export class AlertsElement extends DraftElement<typeof ALERT_STRINGS> {
  private readonly problems = new Map<string, string>();

  constructor() {
    super(ALERT_STRINGS, ALERT_SHEET);
    this.root.append(make("div", { role: "region", "aria-live": "polite", "aria-relevant": "additions" }));
  }

  protected heeds({ type }: DraftEvent): boolean {
    return type === "alerts";
  }

  protected draw(draft: DraftHandle): void {
    const mine = draft.alerts.filter(({ sides }) => sides.some(({ sid }) => sid === draft.sid));
    const region = this.root.firstElementChild as HTMLElement;
    region.setAttribute("aria-label", this.strings.label);
    region.replaceChildren(...mine.map((alert) => this.card(draft, alert)));
  }

  private card(draft: DraftHandle, alert: Alert): HTMLElement {
    const mine = alert.sides.find(({ sid }) => sid === draft.sid);
    const theirs = alert.sides.find((side) => side !== mine);
    const who = theirs?.actor.name ?? this.strings.somebody;
    const title = filled(this.strings[alert.reason], { who });
    const [from, to] = [alert.line_from ?? null, alert.line_to ?? alert.line_from ?? null];
    const where = from === null ? alert.address : filled(from === to ? this.strings.line : this.strings.lines, { from, to: to ?? from });
    const act = (key: string, label: string, click: () => void): HTMLElement =>
      make("button", { type: "button", "data-key": `${alert.id} ${key}`, click }, label);
    const problem = this.problems.get(alert.id);
    return make(
      "section",
      { part: "alert", "aria-label": title },
      make("h3", {}, title),
      make("button", { type: "button", class: "place", "data-key": `${alert.id} place`, click: () => this.tell("dw-alert", alert) }, where),
      make("dl", {}, this.side(this.strings.mine, mine), this.side(who, theirs)),
      problem === undefined ? null : make("p", { role: "alert" }, problem),
      make(
        "div",
        { class: "actions" },
        act("mine", this.strings.keepMine, () => void this.resolve(draft, alert, "mine")),
        act("theirs", this.strings.takeTheirs, () => void this.resolve(draft, alert, "theirs")),
        act("later", this.strings.later, () => draft.dismissAlert(alert.id)),
      ),
    );
  }

  private side(title: string, side: AlertSide | undefined): HTMLElement | null {
    if (side === undefined) return null;
    const text = shown(side.text) || this.strings.nothing;
    return make("div", {}, make("dt", {}, title), make("dd", {}, make("pre", { tabindex: "0" }, text)));
  }

  private async resolve(draft: DraftHandle, alert: Alert, keep: "mine" | "theirs"): Promise<void> {
    const headers = { "content-type": "application/json" };
    try {
      await draft.request(`alerts/${alert.id}/resolve`, { method: "POST", headers, body: JSON.stringify({ keep }) });
      this.problems.delete(alert.id);
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      this.problems.set(alert.id, filled(this.strings.failed, { why: error.message }));
    }
    this.drawSoon();
  }
}
