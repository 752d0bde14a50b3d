/**
 * A plain `<textarea>` on one text leaf of a draft: what is typed goes in at once, what others type comes in around the
 * caret; selection and scroll stay. Undo keys take back one's own edits only. While an input method composes, others'
 * text waits.
 */
import type { LeafOptions, TextSource } from "../index.js";
export type TextareaOptions = LeafOptions;
/** Bind a textarea; the answer takes the binding off and leaves the text. Raises Problem `not_text`. */
export declare function bindTextarea(area: HTMLTextAreaElement, draft: TextSource, at: string, options?: TextareaOptions): () => void;
