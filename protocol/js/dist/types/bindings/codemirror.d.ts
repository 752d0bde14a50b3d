/**
 * CodeMirror 6 on one text leaf of a draft: `extensions: [draftwire(draft, at)]`, `doc: draft.text(at)`.
 *
 * What the person types becomes ops in the same turn; what others type comes in as changes that leave caret, selection,
 * scroll and undo alone. Undo and redo are the draft's: leave `history()` out. Remote carets carry names; their colour
 * comes from the user and can be changed by `--dw-caret-lightness`, `--dw-caret-chroma` and `--dw-caret-ink`. Whose caret
 * is out of sight is told to `outOfSight`, and `reveal` shows it.
 */
import { Transaction } from "@codemirror/state";
import type { ChangeSet, Extension } from "@codemirror/state";
import { EditorView } from "@codemirror/view";
import type { ActorInfo, ChangeCause, LeafOptions, RemoteCaret, Splices, TextSource } from "../index.js";
export interface DraftwireOptions extends LeafOptions {
    /** What a caret is labelled with. */
    nameOf?: (actor: ActorInfo) => string;
    /** Who is out of sight, for marks at the edges; told anew when it changes. */
    outOfSight?: (carets: readonly OutOfSight[]) => void;
}
/** A caret that is above or below what can be seen. */
export interface OutOfSight {
    readonly caret: RemoteCaret;
    readonly where: "above" | "below";
    readonly line: number;
}
/** Marks transactions that come from the draft. */
export declare const fromDraft: import("@codemirror/state").AnnotationType<"edit" | "undo" | "redo" | "others">;
/** A caret and whether its name stands below it, as in the topmost line, where it would be cut off. */
export interface ShownCaret extends RemoteCaret {
    readonly below: boolean;
}
/** Puts these carets on show, instead of the ones before. */
export declare const setCarets: import("@codemirror/state").StateEffectType<readonly ShownCaret[]>;
/** The extension; see the module. */
export declare function draftwire(draft: TextSource, at: string, options?: DraftwireOptions): Extension;
/** A text that can be read, selected and copied. */
export declare const readOnly: Extension;
/** A transaction's changes as splices. */
export declare function splicesOf(transaction: Transaction): Splices;
/** Show splices; the caret goes to the place only of what one undoes oneself. */
export declare function showChange(view: EditorView, splices: Splices, cause: ChangeCause): ChangeSet;
/** Of these carets, those that are above or below what can be seen. */
export declare function outOfSight(view: EditorView, carets: readonly RemoteCaret[]): OutOfSight[];
/** The first and the last line that can be seen, from 1. */
export declare function linesInSight(view: EditorView): [number, number];
/** Scroll so that a line is the first that is seen; caret, selection and focus stay. */
export declare function alignTo(view: EditorView, line: number): void;
/** Scroll a position into sight; caret, selection and focus stay. */
export declare function reveal(view: EditorView, position: number): void;
/** The others' carets and selections, as `setCarets` puts them; in `draftwire` already. */
export declare const remoteCaretsShown: Extension;
