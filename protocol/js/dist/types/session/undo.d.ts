/**
 * Undo and redo of one's own edits in one draft, whatever others did meanwhile. Pure.
 *
 * Two stacks of inverse ops. An entry applies to the view after those above it were applied, so one's own edits only
 * push; what others change is carried through both stacks from the top. What I inserted and is left goes; what I deleted
 * comes back only where nobody has written in that hunk since (`foo` → `bar` by me, `bar` → `baz` by another must become
 * neither `bazfoo` nor `foobaz`); a `set`, `remove` or `move` whose place somebody else has changed since is dropped.
 */
import type { Doc } from "../document/document.js";
import type { Effect, Op } from "../document/ops.js";
export declare const UNDO_DEPTH = 500;
export declare const JOIN_WITHIN_MS = 600;
export declare class Undo {
    private undos;
    private redos;
    get canUndo(): boolean;
    get canRedo(): boolean;
    /** Note an edit of mine: `ops`, done to `before`. */
    record(before: Doc, ops: readonly Op[], w: number, nowMs: number): void;
    /** What I type next begins an entry of its own. */
    seal(): void;
    /** Somebody else changed the view, which was `before`. */
    foreign(before: Doc, effects: readonly Effect[]): void;
    /** The ops that undo my latest edit that can be undone, to be done to `view`; null if there is none. */
    undo(view: Doc, w: number): readonly Op[] | null;
    /** The ops that do again what was undone last; null if there is nothing. */
    redo(view: Doc, w: number): readonly Op[] | null;
    /** The draft is another one now (discarded): nothing of before can be undone. */
    clear(): void;
    private turn;
    private push;
}
