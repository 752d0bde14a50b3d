/**
 * Who this tab is, and its one live connection.
 *
 * In `dev` a demo user signs in by a click. Elsewhere the platform that embeds the pages gives the token: its script sets
 * `window.draftwireToken`, a function that returns a valid one (or a promise of it), before the pages load.
 */

import { signal } from "@preact/signals";
import { Client, Problem } from "draftwire";
import type { ClientEvent } from "draftwire";
import { base } from "../base.js";
import { callsAs } from "../calls.js";
import { signIn as devSignIn } from "../dev.js";
import type { SignedIn } from "../dev.js";
import { forget, keep, kept } from "../signed-in.js";
import { given, tellGiven } from "./given.js";

declare global {
  interface Window {
    draftwireToken?: () => string | Promise<string>;
  }
}

export const me = signal<SignedIn | null>(null);
export const connected = signal<"connecting" | "open" | "waiting" | "closed">("closed");

let client: Client | null = null;

/** Find out who this tab is; null if somebody has to sign in. */
export async function begin(): Promise<SignedIn | null> {
  const platform = window.draftwireToken;
  if (platform !== undefined) {
    const token = await platform();
    try {
      const { workspace, username, actor } = await callsAs({ token: () => token }).server.me();
      me.value = { token, user: username, name: actor.name, workspace };
    } catch (error) {
      if (!(error instanceof Problem) || error.status === undefined) throw error; // nobody, if the server has said so
    }
    return me.value;
  }
  return (me.value = kept());
}

/** Be a demo user in this tab. Throws if the server has none of that name. */
export async function become(user: string): Promise<void> {
  leave();
  const who = await devSignIn(user);
  keep(who);
  me.value = who;
}

/** Sign out: what was unsent is wiped from this browser, so that nobody after finds it. */
export async function signOut(): Promise<void> {
  try {
    await client?.signOut();
  } finally {
    leave();
  }
}

/** Be nobody. */
export function leave(): void {
  client?.close();
  client = null;
  given.value = [];
  forget();
  me.value = null;
}

/** The server does not take the token any more. */
export function signedOut(): void {
  if (window.draftwireToken === undefined) leave();
}

/** The live connection of this tab; made when it is first wanted. */
export function live(): Client {
  if (client !== null) return client;
  client = new Client({ url: address(), client: "draftwire-pages/0.1", token: freshToken });
  client.on((event: ClientEvent) => {
    if (event.type === "connection") connected.value = event.state;
    if (event.type === "givenBack") tellGiven(event);
  });
  client.connect();
  return client;
}

async function freshToken(): Promise<string> {
  const platform = window.draftwireToken;
  const who = me.value;
  if (platform === undefined || who === null) return who?.token ?? "";
  const token = await platform();
  if (token !== who.token) me.value = { ...who, token };
  return token;
}

function address(): string {
  return `${location.protocol === "https:" ? "wss:" : "ws:"}//${location.host}${base}/v1/ws`;
}
