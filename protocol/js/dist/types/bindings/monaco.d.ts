/**
 * Monaco on one text leaf of a draft: `bindMonaco(editor, draft, at)`. All carets of a multi-cursor are one edit.
 *
 * A model with CRLF line ends stays one: positions are counted in LF, as the draft has them. The undo and redo
 * keys are the draft's; Monaco's own stack would take back what others typed. While an input method composes, others' text
 * waits, and so does what is composed: Monaco would put the rest of it where the text no longer is. Only the few members of
 * Monaco that are used are described here, so that no type of it is needed.
 */
import type { ActorInfo, LeafOptions, TextSource } from "../index.js";
interface Disposable {
    dispose(): void;
}
interface MonacoPosition {
    readonly lineNumber: number;
    readonly column: number;
}
interface MonacoRange {
    readonly startLineNumber: number;
    readonly startColumn: number;
    readonly endLineNumber: number;
    readonly endColumn: number;
}
interface MonacoSelection {
    readonly selectionStartLineNumber: number;
    readonly selectionStartColumn: number;
    readonly positionLineNumber: number;
    readonly positionColumn: number;
}
export interface MonacoContentChange {
    readonly rangeOffset: number;
    readonly rangeLength: number;
    readonly text: string;
}
export interface MonacoModel {
    getValue(eol?: number): string;
    getEOL(): string;
    getOffsetAt(position: MonacoPosition): number;
    getPositionAt(offset: number): MonacoPosition;
    applyEdits(edits: {
        range: MonacoRange;
        text: string | null;
        forceMoveMarkers?: boolean;
    }[]): void;
    onDidChangeContent(listener: (event: {
        readonly changes: readonly MonacoContentChange[];
    }) => void): Disposable;
}
interface MonacoDecorations {
    set(decorations: readonly {
        range: MonacoRange;
        options: Record<string, unknown>;
    }[]): void;
    clear(): void;
}
export interface MonacoEditor {
    getModel(): MonacoModel | null;
    getSelection(): MonacoSelection | null;
    setPosition(position: MonacoPosition): void;
    revealPositionInCenterIfOutsideViewport(position: MonacoPosition): void;
    hasTextFocus(): boolean;
    updateOptions(options: {
        readOnly: boolean;
        readOnlyMessage?: {
            value: string;
        };
    }): void;
    createDecorationsCollection(): MonacoDecorations;
    getContainerDomNode(): HTMLElement;
    onKeyDown(listener: (event: {
        readonly browserEvent: KeyboardEvent;
        preventDefault(): void;
        stopPropagation(): void;
    }) => void): Disposable;
    onDidChangeCursorSelection(listener: (event: {
        readonly reason: number;
    }) => void): Disposable;
    onDidCompositionStart(listener: () => void): Disposable;
    onDidCompositionEnd(listener: () => void): Disposable;
    onDidFocusEditorText(listener: () => void): Disposable;
    onDidBlurEditorText(listener: () => void): Disposable;
}
export interface MonacoOptions extends LeafOptions {
    nameOf?: (actor: ActorInfo) => string;
}
/** Bind an editor whose model is to show the leaf; the answer takes the binding off. Raises Problem `not_text`. */
export declare function bindMonaco(editor: MonacoEditor, draft: TextSource, at: string, options?: MonacoOptions): () => void;
export {};
