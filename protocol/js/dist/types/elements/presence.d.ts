/** `<dw-presence>`: who else is at the item. */
import { DraftElement } from "./element.js";
import type { DraftEvent, DraftHandle } from "../index.js";
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
export {};
