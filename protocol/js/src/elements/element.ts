/** What all web components over a draft share: the theme, the sheet, and when one is drawn. */

import type { DraftEvent, DraftHandle, Json } from "../index.js";

/** The variables that theme all of them, and what they are if nobody sets them. */
export const THEME = {
  "--dw-font": "system-ui, sans-serif",
  "--dw-mono": "ui-monospace, monospace",
  "--dw-ink": "light-dark(#1b1d22, #eceef2)",
  "--dw-quiet": "light-dark(#5b616e, #a4abb8)",
  "--dw-surface": "light-dark(#ffffff, #1b1d22)",
  "--dw-line": "light-dark(#d8dbe2, #3a3e48)",
  "--dw-accent": "light-dark(#1d5fd0, #8ab4ff)",
  "--dw-good": "light-dark(#1a7f42, #6fd796)",
  "--dw-warn": "light-dark(#9a5b00, #f2b55c)",
  "--dw-bad": "light-dark(#b3261e, #ff9b94)",
  "--dw-added": "light-dark(#dff5e5, #17402a)",
  "--dw-removed": "light-dark(#fde3e1, #52201d)",
} as const;

const BASE = `
:host { ${Object.entries(THEME).map(([name, value]) => `${name.replace("--dw", "--_")}: var(${name}, ${value});`).join(" ")}
  display: block; font: 14px/1.5 var(--_-font); color: var(--_-ink); }
:host([hidden]) { display: none; }
* { box-sizing: border-box; }
ul, ol, dl, p, pre, h3 { margin: 0; padding: 0; list-style: none; }
button { font: inherit; color: inherit; background: var(--_-surface); border: 1px solid var(--_-line); border-radius: 6px; padding: 2px 10px; cursor: pointer; }
button:focus-visible, [tabindex]:focus-visible { outline: 2px solid var(--_-accent); outline-offset: 2px; }
.quiet { color: var(--_-quiet); }
.spoken { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
pre { font: 13px/1.5 var(--_-mono); white-space: pre-wrap; overflow-wrap: anywhere; }
`;
const BASE_SHEET = sheetOf(BASE);

/** Styles as a constructed sheet. */
export function sheetOf(css: string): CSSStyleSheet {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(css);
  return sheet;
}

type Attributes = Record<string, string | ((event: Event) => void)>;

/** An element with attributes (functions are listeners) and children; nothing becomes markup. */
export function make(tag: string, attributes: Attributes, ...children: (Node | string | null)[]): HTMLElement {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") element.addEventListener(name, value);
    else element.setAttribute(name, value);
  }
  element.append(...children.filter((child) => child !== null));
  return element;
}

/** Put `{name}`s into a string. */
export function filled(text: string, values: Record<string, string | number>): string {
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
}

/** What all have in common: a draft, strings, a shadow root; drawn when one of its events asks for it. */
export abstract class DraftElement<Strings extends Record<string, string>> extends HTMLElement {
  protected readonly root: ShadowRoot;
  private held: DraftHandle | null = null;
  private said: Strings;
  private stop: (() => void) | null = null;
  private due = false;

  constructor(
    private readonly defaults: Strings,
    sheet: CSSStyleSheet,
  ) {
    super();
    this.said = defaults;
    this.root = this.attachShadow({ mode: "open" });
    this.root.adoptedStyleSheets = [BASE_SHEET, sheet];
  }

  get draft(): DraftHandle | null {
    return this.held;
  }

  set draft(draft: DraftHandle | null) {
    this.held = draft;
    this.follow();
  }

  get strings(): Strings {
    return this.said;
  }

  /** Other words for some or all strings. */
  set strings(strings: Partial<Strings>) {
    this.said = { ...this.defaults, ...strings };
    this.drawSoon();
  }

  connectedCallback(): void {
    this.follow();
  }

  disconnectedCallback(): void {
    this.stop?.();
    this.stop = null;
  }

  private follow(): void {
    this.stop?.();
    this.stop = null;
    if (!this.isConnected || this.held === null) return;
    this.stop = this.held.on((event) => {
      if (this.heeds(event)) this.drawSoon();
    });
    this.begun();
    this.drawSoon();
  }

  protected drawSoon(): void {
    if (this.due) return;
    this.due = true;
    queueMicrotask(() => {
      this.due = false;
      if (this.isConnected && this.held !== null) this.redraw(this.held);
    });
  }

  /** Draw anew; the focus stays on what has the same `data-key`. */
  private redraw(draft: DraftHandle): void {
    const key = (this.root.activeElement as HTMLElement | null)?.dataset["key"];
    this.draw(draft);
    if (key === undefined) return;
    const found = [...this.root.querySelectorAll<HTMLElement>("[data-key]")].find((element) => element.dataset["key"] === key);
    found?.focus();
  }

  protected tell(name: string, detail: unknown): void {
    this.dispatchEvent(new CustomEvent(name, { detail, bubbles: true, composed: true }));
  }

  /** A draft was given. */
  protected begun(): void {}
  protected abstract heeds(event: DraftEvent): boolean;
  protected abstract draw(draft: DraftHandle): void;
}

/** A value as text. */
export function shown(value: Json | undefined): string {
  if (value === undefined || value === null) return "";
  return typeof value === "string" ? value : JSON.stringify(value, null, 2);
}
