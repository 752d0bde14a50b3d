/** Draftwire's client: documents, ops, rebase, sessions, and a connection. */

export * from "./address.js";
export * from "./carets.js";
export * from "./carry.js";
export * from "./client.js";
export * from "./codec.js";
export * from "./comparison.js";
export * from "./document.js";
export * from "./draft.js";
export * from "./errors.js";
export * from "./ids.js";
export * from "./invert.js";
export { KEPT_DAYS } from "./journal.js";
export type { JournalRecord, NoJournal } from "./journal.js";
export * from "./leaf.js";
export * from "./merge.js";
export * from "./messages.js";
export * from "./ops.js";
export * from "./rebase.js";
export * from "./replica.js";
export * from "./rewind.js";
export { isSecretName } from "./secretNames.js";
export * from "./session.js";
export * from "./shape.js";
export * from "./text.js";
export * from "./textdiff.js";
export * from "./undo.js";
export * from "./values.js";
