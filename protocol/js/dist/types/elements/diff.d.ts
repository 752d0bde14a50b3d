/** `<dw-diff>`: what differs between two values of the item. */
import { DraftElement } from "./element.js";
import type { Comparison } from "../index.js";
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
export {};
