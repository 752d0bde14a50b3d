/**
 * Web components over a draft: `<dw-status>`, `<dw-presence>`, `<dw-alerts>`, `<dw-diff>`, `<dw-history>`.
 *
 * Set `.draft` to a handle; importing this module defines them. Styles are constructed sheets in shadow roots and nothing
 * is an inline script or style, so that a strict policy lets them pass. Themed by the variables of `THEME`, light and
 * dark by `color-scheme`; every string is replaced by `.strings`. What they can't do themselves they tell as events:
 * `dw-person` (who was chosen), `dw-alert` (where one is), `dw-state` (which state of the history was chosen).
 */
import type { Comparison, DraftEvent, DraftHandle } from "./index.js";
/** The variables that theme all of them, and what they are if nobody sets them. */
export declare const THEME: {
    readonly "--dw-font": "system-ui, sans-serif";
    readonly "--dw-mono": "ui-monospace, monospace";
    readonly "--dw-ink": "light-dark(#1b1d22, #eceef2)";
    readonly "--dw-quiet": "light-dark(#5b616e, #a4abb8)";
    readonly "--dw-surface": "light-dark(#ffffff, #1b1d22)";
    readonly "--dw-line": "light-dark(#d8dbe2, #3a3e48)";
    readonly "--dw-accent": "light-dark(#1d5fd0, #8ab4ff)";
    readonly "--dw-good": "light-dark(#1a7f42, #6fd796)";
    readonly "--dw-warn": "light-dark(#9a5b00, #f2b55c)";
    readonly "--dw-bad": "light-dark(#b3261e, #ff9b94)";
    readonly "--dw-added": "light-dark(#dff5e5, #17402a)";
    readonly "--dw-removed": "light-dark(#fde3e1, #52201d)";
};
/** What all have in common: a draft, strings, a shadow root; drawn when one of its events asks for it. */
declare abstract class DraftElement<Strings extends Record<string, string>> extends HTMLElement {
    private readonly defaults;
    protected readonly root: ShadowRoot;
    private held;
    private said;
    private stop;
    private due;
    constructor(defaults: Strings, sheet: CSSStyleSheet);
    get draft(): DraftHandle | null;
    set draft(draft: DraftHandle | null);
    get strings(): Strings;
    /** Other words for some or all strings. */
    set strings(strings: Partial<Strings>);
    connectedCallback(): void;
    disconnectedCallback(): void;
    private follow;
    protected drawSoon(): void;
    /** Draw anew; the focus stays on what has the same `data-key`. */
    private redraw;
    protected tell(name: string, detail: unknown): void;
    /** A draft was given. */
    protected begun(): void;
    protected abstract heeds(event: DraftEvent): boolean;
    protected abstract draw(draft: DraftHandle): void;
}
/** What may be said of saving; changes are spoken, but for the flips of saved and saving. */
export declare class StatusElement extends DraftElement<Record<string, string>> {
    private readonly dot;
    private readonly text;
    private readonly voice;
    private spoken;
    /** Strings are sentences by status; those that are not given are the handle's. */
    constructor();
    protected heeds({ type }: DraftEvent): boolean;
    protected draw(draft: DraftHandle): void;
}
declare const PRESENCE_STRINGS: {
    label: string;
    nobody: string;
    editing: string;
    viewing: string;
    idle: string;
    agent: string;
    sessions: string;
};
/** Who else is at the item: a person once, however many tabs; AI sessions apart, and not by colour alone. */
export declare class PresenceElement extends DraftElement<typeof PRESENCE_STRINGS> {
    constructor();
    protected heeds({ type }: DraftEvent): boolean;
    protected draw({ presence }: DraftHandle): void;
    private person;
}
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
declare const DIFF_STRINGS: {
    label: string;
    same: string;
    member_added: string;
    member_removed: string;
    member_changed: string;
    element_added: string;
    element_removed: string;
    element_moved: string;
    text_changed: string;
    removedLine: string;
    addedLine: string;
    coarse: string;
    failed: string;
};
/** What differs between two values of the item; deployed and this draft if nothing else is set. Moves are moves. */
export declare class DiffElement extends DraftElement<typeof DIFF_STRINGS> {
    /** What is compared, as the server's `diff` takes it. */
    from: string;
    to: string;
    private given;
    private problem;
    constructor();
    /** A comparison that was made elsewhere, as by `compare`. */
    set comparison(comparison: Comparison);
    /** Load what differs now. */
    load(): Promise<void>;
    protected begun(): void;
    protected heeds(): boolean;
    protected draw(): void;
    private render;
    private change;
    private hunk;
    private line;
}
declare const HISTORY_STRINGS: {
    label: string;
    nothing: string;
    agent: string;
    approved: string;
    counts: string;
    older: string;
    failed: string;
};
/** Who changed what and when, the latest first; grows as people type. Choosing an entry tells `dw-state`. */
export declare class HistoryElement extends DraftElement<typeof HISTORY_STRINGS> {
    private groups;
    private next;
    private problem;
    private loaded;
    private timer;
    constructor();
    disconnectedCallback(): void;
    /** Load the latest entries; those further back stay. */
    load(): Promise<void>;
    /** Load entries further back. */
    older(): Promise<void>;
    private page;
    protected begun(): void;
    protected heeds({ type }: DraftEvent): boolean;
    protected draw(): void;
    private entry;
}
declare global {
    interface HTMLElementTagNameMap {
        "dw-status": StatusElement;
        "dw-presence": PresenceElement;
        "dw-alerts": AlertsElement;
        "dw-diff": DiffElement;
        "dw-history": HistoryElement;
    }
}
export {};
