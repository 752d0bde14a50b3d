/**
 * The messages of sub-protocol `draftwire.v1+json`: one JSON object per WebSocket text frame, told apart by `t`.
 *
 * Owns the shapes as TypeScript sees them, member for member those of `draftwire.wire.messages`; `codec.ts` reads and
 * writes them. A member with a default may be absent: what reads a message puts the default in its place.
 */

import type { Json, Op } from "../document/ops.js";
import type { ShapeInfo } from "../document/shape.js";

export const SUBPROTOCOL = "draftwire.v1+json";

export type Purpose = "own" | "shared" | "suggestion";
export type OpKind = "edit" | "save" | "undo" | "revert" | "rebase" | "adopt" | "accept" | "restore";
export type PresenceState = "viewing" | "editing" | "idle";
export type MayDo = "look" | "type";
export type Status =
  | "saved"
  | "saving"
  | "waiting"
  | "local"
  | "offline"
  | "conflict"
  | "refused"
  | "read_only"
  | "signed_out"
  | "gone";

// ---------------------------------------------------------------- client → server

export interface Have {
  id: string;
  generation: number;
  have: number;
  mark: string;
  item?: string;
}
export interface Hello {
  t: "hello";
  session: string;
  attempt?: number;
  resume?: string | null;
  token?: string | null;
  client?: string;
  run?: string | null;
  act_for?: string | null;
  agent?: string | null;
  drafts?: readonly Have[];
  items?: readonly string[];
  workspaces?: readonly string[];
}
export interface Auth {
  t: "auth";
  token: string;
  ref?: number;
  act_for?: string | null;
}
export interface Open {
  t: "open";
  ref: number;
  item?: string | null;
  draft?: string | null;
  purpose?: Purpose | null;
  have?: Have | null;
}
export interface Close {
  t: "close";
  channel: string;
}
export interface Subscribe {
  t: "subscribe";
  ref: number;
  channel: string;
  after?: number | null;
}
export interface Edit {
  t: "edit";
  draft: string;
  generation: number;
  base: number;
  mark: string;
  seen: number;
  no: number;
  key: string;
  ops: readonly Op[];
  kind?: OpKind;
  cause?: string | null;
}
/** The first and the last one, 1-based. */
export type Lines = readonly [number, number];
export interface Focus {
  t: "focus";
  item: string;
  state?: PresenceState;
  draft?: string | null;
  at?: string | null;
  anchor?: number;
  head?: number;
  seq?: number;
  doing?: string | null;
  lines?: Lines | null;
}
export interface Seen {
  t: "seen";
  draft: string;
  seq: number;
}
export type ParkReason = "discarded" | "rewound" | "refused" | "conflict";
export interface ParkedText {
  at: string;
  mine: Json;
  base?: Json;
}
export interface Park {
  t: "park";
  ref: number;
  draft: string;
  generation: number;
  reason: ParkReason;
  base: number;
  texts: readonly ParkedText[];
  item?: string | null;
}
export interface Pong {
  t: "pong";
  n: number;
}
export interface Call {
  t: "call";
  ref: number;
  tool: "read" | "search" | "edit" | "open_stream" | "load_stream" | "close_stream" | "abort_stream";
  run: string;
  body?: Json;
  stream?: string | null;
  key?: string | null;
}
export interface Append {
  t: "append";
  run: string;
  stream: string;
  offset: number;
  text: string;
}
export type ClientMessage = Hello | Auth | Open | Close | Subscribe | Edit | Focus | Seen | Park | Call | Append | Pong;

// ---------------------------------------------------------------- server → client

export interface ActorInfo {
  id: string;
  kind: "user" | "agent" | "api_key";
  name: string;
  user: string;
  on_behalf_of?: string | null;
  /** Who says that they did it: it was imported, not done here. */
  imported_by?: string | null;
}
export interface Welcome {
  t: "welcome";
  session: string;
  sid: string;
  resume: string;
  worker: string;
  workspace: string;
  actor: ActorInfo;
  server: string;
  ping_s: number;
  limits: Record<string, number>;
  ref?: number;
  token_expires_in_s?: number | null;
}
export interface WriterInfo {
  w: number;
  actor: ActorInfo;
  sid: string;
  run?: string | null;
}
export interface AlertSide {
  actor: ActorInfo;
  sid: string;
  text: Json;
  seq: number;
  at: number;
  run?: string | null;
  took?: Json;
}
export interface Alert {
  id: string;
  draft: string;
  kind: "overlap" | "lost_target" | "stale_save";
  reason: "clash" | "stale" | "structural" | "lost" | "save";
  address: string;
  opened_at: number;
  seq: number;
  sides: readonly AlertSide[];
  state?: "open" | "closed" | "resolved";
  start?: number;
  end?: number;
  line_from?: number | null;
  line_to?: number | null;
  /** It closes by itself once both have seen it. All others wait for a person. */
  fades?: boolean;
  stash?: string | null;
  closed_at?: number | null;
}
export interface State {
  t: "state";
  draft: string;
  item: string;
  purpose: Purpose;
  owner: ActorInfo | null;
  generation: number;
  seq: number;
  mark: string;
  may: MayDo;
  shape: ShapeInfo;
  base_version: number;
  head_version: number;
  value?: Json;
  pieces?: number;
  ref?: number;
  why?: string | null;
  your_last_no?: number;
  your_w?: number;
  writers?: readonly WriterInfo[];
  alerts?: readonly Alert[];
  stands?: boolean;
  /** A shared draft from before its kind was edited in drafts of one's own. */
  legacy?: boolean;
}
export interface Piece {
  t: "piece";
  draft: string;
  i: number;
  data: string;
}
export interface BatchInfo {
  kind?: OpKind;
  cause?: string | null;
  at?: number | null;
}
/**
 * `[w, no, ops, alerts?, info?]`: one committed batch as effects. An op that was lost is not in it. `alerts` holds each
 * alert that the batch opened, and the id alone of each open one that it goes on with.
 */
export type Batch = readonly [
  w: number,
  no: number,
  ops: readonly Op[],
  alerts?: readonly (Alert | string)[],
  info?: BatchInfo | null,
];
export interface Ops {
  t: "ops";
  draft: string;
  generation: number;
  from: number;
  to: number;
  mark: string;
  batches: readonly Batch[];
  writers?: readonly WriterInfo[];
}
export interface Opened {
  t: "opened";
  draft: string;
  item: string;
  generation: number;
  seq: number;
  may: MayDo;
  ref?: number;
  why?: string | null;
  your_last_no?: number;
  your_w?: number;
  writers?: readonly WriterInfo[];
  alerts?: readonly Alert[];
}
export interface Refused {
  t: "refused";
  draft: string;
  no: number;
  key: string;
  code: string;
  message: string;
  retry?: boolean;
  detail?: Json;
}
export interface PresenceEntry {
  sid: string;
  actor: ActorInfo;
  state: PresenceState;
  since: number;
  draft?: string | null;
  at?: string | null;
  anchor?: number;
  head?: number;
  seq?: number;
  run?: string | null;
  label?: string | null;
  model?: string | null;
  doing?: string | null;
  lines?: Lines | null;
}
export interface Presence {
  t: "presence";
  item: string;
  here?: readonly PresenceEntry[];
  gone?: readonly string[];
  full?: boolean;
  unknown?: boolean;
}
export interface VersionInfo {
  number: number;
  hash: string;
  by: ActorInfo | null;
  at: number;
  message?: string;
  run?: string | null;
}
export interface DraftInfo {
  id: string;
  purpose: Purpose;
  owner: ActorInfo | null;
  visibility: "private" | "readable" | "open";
  generation: number;
  seq: number;
  base_version: number;
  updated_at: number;
  may?: "no" | "look" | "type";
  legacy?: boolean;
}
export interface Item {
  t: "item";
  item: string;
  kind: string;
  path: string | null;
  external_id: string | null;
  summary: string;
  archived: boolean;
  head: VersionInfo | null;
  drafts: readonly DraftInfo[];
  event: number;
  ref?: number;
}
export interface EventInfo {
  number: number;
  type: string;
  at: number;
  actor?: string | null;
  item?: string | null;
  draft?: string | null;
  data?: Json;
}
export interface EventMessage {
  t: "event";
  workspace: string;
  number: number;
  events?: readonly EventInfo[];
  ref?: number;
}
export interface AlertMessage {
  t: "alert";
  draft: string;
  alert: Alert;
}
export interface AskInfo {
  id: string;
  draft: string;
  item: string;
  by: ActorInfo;
  may: MayDo;
  asked_at: number;
  expires_at: number;
  agents?: boolean;
  note?: string;
  state?: "open" | "granted" | "declined" | "withdrawn" | "expired";
  answered_at?: number | null;
}
/** A question about a draft was asked or answered: to its owner and to who asked. It is answered over HTTP. */
export interface AskMessage {
  t: "ask";
  ask: AskInfo;
}
/** What stands in the way of a deploy: `at` is a JSON Pointer from the document's root. */
export interface Diagnostic {
  at: string;
  code: "schema" | "reference" | "secret" | "shape";
  message: string;
}
/** All that stands in the way of a deploy of the draft as of `seq`. */
export interface Diagnostics {
  t: "diagnostics";
  draft: string;
  seq: number;
  diagnostics: readonly Diagnostic[];
}
/** Where a draft and a version changed the same place differently; lines are 1-based, in the draft's text. */
export interface Overlap {
  address: string;
  line_from?: number | null;
  line_to?: number | null;
  /** It closes by itself once both have seen it. All others wait for a person. */
  fades?: boolean;
}
/** Somebody deployed: the draft stands on `base_version`, the head is another one; equal numbers: that is over. */
export interface Behind {
  t: "behind";
  draft: string;
  base_version: number;
  head: VersionInfo;
  overlaps?: readonly Overlap[];
  kept?: boolean;
  item?: string;
}
/** An item was deleted on which one has a draft; the text of it is an entry of one's stash. */
export interface Deleted {
  t: "deleted";
  item: string;
  draft: string;
  stash: string;
  by: ActorInfo;
  until: number;
}
export interface Reset {
  t: "reset";
  draft: string;
  reason: "discarded" | "rewound";
  generation: number;
}
export interface Gone {
  t: "gone";
  channel: string;
  code?: string;
  ref?: number;
}
export interface May {
  t: "may";
  draft: string;
  may: MayDo;
  why?: string | null;
}
export interface Parked {
  t: "parked";
  ref: number;
  stash: string;
}
export interface Answer {
  t: "answer";
  ref: number;
  body?: Json;
}
export interface Streamed {
  t: "streamed";
  stream: string;
  units: number;
  code?: string | null;
  message?: string | null;
  expected?: number | null;
}
export type RunState = "running" | "paused" | "stopped" | "ended" | "lost";
export interface RunEvent {
  n: number;
  type: string;
  at: number;
  by?: ActorInfo | null;
  text?: string | null;
  data?: Json;
}
export interface RunTold {
  t: "run";
  run: string;
  state: RunState;
  event: RunEvent;
}
export interface Ping {
  t: "ping";
  n: number;
}
export interface Bye {
  t: "bye";
  reconnect_after_ms: number;
  reason: string;
}
export interface ErrorMessage {
  t: "error";
  code: string;
  message: string;
  ref?: number;
  detail?: Json;
  retry?: boolean;
}
export type ServerMessage =
  | Welcome
  | State
  | Piece
  | Opened
  | Ops
  | Refused
  | Presence
  | Item
  | EventMessage
  | AlertMessage
  | AskMessage
  | Diagnostics
  | Behind
  | Deleted
  | Reset
  | Gone
  | May
  | Parked
  | Answer
  | Streamed
  | RunTold
  | Ping
  | Bye
  | ErrorMessage;
