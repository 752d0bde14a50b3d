/** What the routes that the editor asks answer, as far as it reads them: member for member those of `draftwire.rest`. */

import type { ActorInfo, Alert, Comparison, DraftInfo, Json, JsonObject, VersionInfo } from "draftwire";

export interface ItemLook {
  item: string;
  kind: string;
  path: string | null;
  external_id: string | null;
  summary: string;
  archived: boolean;
  head: VersionInfo | null;
  drafts: DraftInfo[];
  value?: JsonObject;
  mine?: { draft: string; etag: string; stands?: boolean };
}
export interface KindDefinition {
  name: string;
  title: string;
  schema?: Schema;
  text: string[];
  keyed: string[];
  language?: { text: string; always?: string; sibling?: string }[];
  secret?: string[];
  computed?: string[];
}
export interface Schema {
  $ref?: string;
  $defs?: Record<string, Schema>;
  type?: string | string[];
  title?: string;
  description?: string;
  enum?: Json[];
  const?: Json;
  properties?: Record<string, Schema>;
  required?: string[];
  additionalProperties?: boolean | Schema;
  items?: Schema;
  oneOf?: Schema[];
  anyOf?: Schema[];
  format?: string;
  minimum?: number;
  maximum?: number;
}
export interface Version {
  number: number;
  hash: string;
  content_hash: string;
  at: number;
  author: ActorInfo;
  deployer: ActorInfo;
  message?: string;
  redeploy_of?: number;
  override?: number;
  value?: JsonObject;
}
export interface Deployed {
  version: number;
  hash: string;
  unchanged?: boolean;
  later?: { by: ActorInfo[]; addresses: string[] }[];
}
export interface ItemDiff {
  from: { name: string; version?: number; etag?: string };
  to: { name: string; version?: number; etag?: string };
  comparison: Comparison;
  parts?: { id: string; at: string; change: number; hunk?: number }[];
}
export interface Hunk {
  id: string;
  address: string;
  kind: "text" | "value" | "place";
  base: Json;
  mine: Json;
  theirs: Json;
}
export type Choice = "mine" | "theirs" | { value: Json };
export interface ChangedPlace {
  at: string;
  lines?: [number, number][];
}
export interface Group {
  from: number;
  to: number;
  etag: string;
  actor: ActorInfo;
  batches: number;
  kinds: string[];
  begun_at: number;
  ended_at: number;
  places: ChangedPlace[];
  came: number;
  went: number;
  names?: string[];
  approved_by?: ActorInfo[];
}
export interface NamedState {
  name: string;
  etag: string;
  state_at: number;
  writer?: ActorInfo | null;
}
export interface HistoryPage {
  etag: string;
  groups: Group[];
  next?: number;
}
export interface DraftChanges {
  since: string;
  until: string;
  by: { actor: ActorInfo; batches: number; last_at: number; places: ChangedPlace[]; came: number; went: number }[];
  comparison: Comparison;
  looked_at?: number;
}
export interface StashLine {
  id: string;
  draft: string;
  reason: string;
  at: number;
  places: string[];
  preview: string;
}
export interface AlertInfo {
  alert: Alert;
}
export interface Blame {
  etag?: string;
  origins: { actor: ActorInfo; at: number; kind: string; version?: number; approved_by?: ActorInfo }[];
  texts: { at: string; lines: { first: number; last: number; origin: number }[] }[];
}
