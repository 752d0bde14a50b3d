/**
 * Web components over a draft: `<dw-status>`, `<dw-presence>`, `<dw-alerts>`, `<dw-diff>`, `<dw-history>`.
 *
 * Set `.draft` to a handle; importing this module defines them. Styles are constructed sheets in shadow roots and nothing
 * is an inline script or style, so that a strict policy lets them pass. Themed by the variables of `THEME`, light and
 * dark by `color-scheme`; every string is replaced by `.strings`. What they can't do themselves they tell as events:
 * `dw-person` (who was chosen), `dw-alert` (where one is), `dw-state` (which state of the history was chosen).
 */

import { AlertsElement } from "./alerts.js";
import { DiffElement } from "./diff.js";
import { HistoryElement } from "./history.js";
import { PresenceElement } from "./presence.js";
import { StatusElement } from "./status.js";

export { THEME } from "./element.js";
export { AlertsElement, DiffElement, HistoryElement, PresenceElement, StatusElement };

const ELEMENTS = {
  "dw-status": StatusElement,
  "dw-presence": PresenceElement,
  "dw-alerts": AlertsElement,
  "dw-diff": DiffElement,
  "dw-history": HistoryElement,
};
for (const [name, element] of Object.entries(ELEMENTS)) if (customElements.get(name) === undefined) customElements.define(name, element);

declare global {
  interface HTMLElementTagNameMap {
    "dw-status": StatusElement;
    "dw-presence": PresenceElement;
    "dw-alerts": AlertsElement;
    "dw-diff": DiffElement;
    "dw-history": HistoryElement;
  }
}
