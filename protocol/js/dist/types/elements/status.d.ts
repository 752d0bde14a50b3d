/** `<dw-status>`: what may be said of saving. */
import { DraftElement } from "./element.js";
import type { DraftEvent, DraftHandle } from "../index.js";
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
