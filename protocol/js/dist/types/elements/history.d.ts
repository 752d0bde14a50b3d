/** `<dw-history>`: who changed what and when. */
import { DraftElement } from "./element.js";
import type { DraftEvent } from "../index.js";
declare const HISTORY_STRINGS: {
    label: string;
    nothing: string;
    agent: string;
    imported: string;
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
export {};
