/** `<dw-alerts>`: open alerts, both texts side by side, and how each may be settled. */
import { DraftElement } from "./element.js";
import type { DraftEvent, DraftHandle } from "../index.js";
declare const ALERT_STRINGS: {
    label: string;
    clash: string;
    stale: string;
    structural: string;
    lost: string;
    save: string;
    somebody: string;
    lines: string;
    line: string;
    mine: string;
    nothing: string;
    keepMine: string;
    takeTheirs: string;
    later: string;
    failed: string;
};
/** The open conflicts that concern this session: both texts, keep mine, take theirs, later. Never takes the focus. */
export declare class AlertsElement extends DraftElement<typeof ALERT_STRINGS> {
    private readonly problems;
    constructor();
    protected heeds({ type }: DraftEvent): boolean;
    protected draw(draft: DraftHandle): void;
    private card;
    private side;
    private resolve;
}
export {};
