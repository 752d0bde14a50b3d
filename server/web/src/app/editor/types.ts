/** What a kind's definition says to the editor, and what a person chooses. */

import type { Json, rest } from "draftwire";

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
/** What is to be chosen, here or by the server: two sides of one place. */
export type Hunk = Pick<rest.Hunk, "id" | "address" | "kind" | "base" | "mine" | "theirs">;
export type Choice = "mine" | "theirs" | rest.OwnText;
