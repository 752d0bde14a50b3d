/** What all web components over a draft share: the theme, the sheet, and when one is drawn. */
import type { DraftEvent, DraftHandle, Json } from "../index.js";
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
/** Styles as a constructed sheet. */
export declare function sheetOf(css: string): CSSStyleSheet;
type Attributes = Record<string, string | ((event: Event) => void)>;
/** An element with attributes (functions are listeners) and children; nothing becomes markup. */
export declare function make(tag: string, attributes: Attributes, ...children: (Node | string | null)[]): HTMLElement;
/** Put `{name}`s into a string. */
export declare function filled(text: string, values: Record<string, string | number>): string;
/** What all have in common: a draft, strings, a shadow root; drawn when one of its events asks for it. */
export declare abstract class DraftElement<Strings extends Record<string, string>> extends HTMLElement {
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
/** A value as text. */
export declare function shown(value: Json | undefined): string;
export {};
