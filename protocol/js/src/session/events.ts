/** What a session tells its driver: one plain object per thing that happens. */

import type { Alert, AskInfo, Behind, Deleted, Diagnostic, EventInfo, Item, ParkedText, ParkReason, Status, Welcome, WriterInfo } from "../wire/messages.js";
import type { Op } from "../document/ops.js";
import type { DraftReplica, TextChange } from "./replica.js";

export type SessionEvent =
  | { type: "welcome"; welcome: Welcome }
  | { type: "opened"; ref: number; draft: DraftReplica }
  | { type: "failed"; ref: number; code: string; message: string }
  | { type: "changed"; draft: DraftReplica; seq: number; by: WriterInfo | null; text: readonly TextChange[]; structural: boolean }
  | { type: "acked"; draft: DraftReplica; seq: number; w: number; no: number; waitedMs: number }
  | { type: "retrying"; draft: DraftReplica; code: string }
  | { type: "status"; draft: DraftReplica; status: Status }
  | { type: "alert"; draft: DraftReplica; alert: Alert }
  | { type: "diagnostics"; draft: DraftReplica; diagnostics: readonly Diagnostic[] }
  // The draft is behind the head, or no longer.
  | { type: "behind"; draft: DraftReplica; behind: Behind }
  // A draft of mine that is not followed here is behind the head.
  | { type: "behindElsewhere"; behind: Behind }
  // An item on which I have a draft was deleted; the text of that is in my stash.
  | { type: "deleted"; deleted: Deleted }
  | { type: "parked"; draft: DraftReplica; reason: ParkReason; code: string; texts: readonly ParkedText[] }
  | { type: "stashed"; draft: string; stash: string }
  // The log lost what this copy had: `ops` would bring it back; `bringBack` also minds what is written in the meantime.
  | { type: "rewound"; draft: DraftReplica; ops: readonly Op[] }
  | { type: "carets"; draft: DraftReplica }
  | { type: "presence"; item: string }
  // Somebody asks to look or type in a draft of mine, or a question of mine was answered.
  | { type: "asked"; ask: AskInfo }
  | { type: "item"; item: Item }
  | { type: "events"; workspace: string; number: number; events: readonly EventInfo[] }
  | { type: "gone"; channel: string; code: string }
  | { type: "error"; code: string; message: string };
