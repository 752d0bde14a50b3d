/** The first page: who to be in this tab, and what there is. */

import { devInfo, HttpError, listItems, signIn } from "./api.js";
import type { DemoUser, ItemRow, SignedIn } from "./api.js";
import { byId, make, say } from "./dom.js";
import { avatar } from "./people.js";
import { forget, keep, kept } from "./signed-in.js";

function card(user: DemoUser, hue: number, current: SignedIn | null): HTMLElement {
  const button = make(
    "button",
    { class: "user", type: "button", "aria-pressed": String(current?.user === user.name || current?.name === user.title) },
    avatar(user.title, `who-${Math.min(hue, 3)}`, false),
    make("strong", {}, user.title),
    make("span", {}, user.role),
  );
  button.addEventListener("click", () => void become(user.name));
  return make("li", {}, button);
}

async function become(user: string): Promise<void> {
  try {
    keep(await signIn(user));
  } catch (error) {
    say(byId("signed"), error instanceof Error ? error.message : "That did not work.");
    return;
  }
  await show();
}

async function show(): Promise<void> {
  const users = byId("users");
  const current = kept();
  try {
    const info = await devInfo();
    users.replaceChildren(...info.users.map((user, i) => card(user, i + 1, current)));
  } catch (error) {
    users.replaceChildren();
    const off = error instanceof HttpError && error.status === 404;
    say(
      byId("who-note"),
      off ? "This server has no demo users: the platform that embeds it signs people in." : "The server can't be reached.",
    );
  }
  users.removeAttribute("aria-busy");
  await showItems(current);
}

async function showItems(current: SignedIn | null): Promise<void> {
  const note = byId("items-note");
  const list = byId("items");
  const signed = byId("signed");
  if (current === null) {
    list.replaceChildren();
    say(signed, "");
    say(note, "Sign in to see what you may see.");
    return;
  }
  const out = make("button", { type: "button" }, "Sign out");
  out.addEventListener("click", () => {
    forget();
    /** The address that the terminal prints: signs in, and is then the first page. */
async function start(): Promise<void> {
  const user = location.pathname === "/dev/sign-in" ? new URLSearchParams(location.search).get("user") : null;
  if (user === null) return show();
  window.history.replaceState(null, "", "/");
  await become(user);
  if (kept() === null) await show();
}

void start();
  });
  signed.replaceChildren(`You are ${current.name} in this tab. `, out);
  try {
    const items = await listItems(current.workspace, current.token);
    list.replaceChildren(...items.map(row));
    say(note, items.length > 0 ? `What ${current.name} may see.` : "There is nothing that you may see.");
  } catch (error) {
    if (error instanceof HttpError && error.status === 401) {
      forget();
      say(note, "The sign-in has expired. Sign in again.");
      list.replaceChildren();
      return;
    }
    say(note, error instanceof Error ? error.message : "The list can't be read.");
  }
}

function row(item: ItemRow): HTMLElement {
  const name = make("span", { class: "name" }, item.summary || item.path || item.id);
  if (item.path !== null) name.append(make("span", { class: "path" }, item.path));
  return make(
    "li",
    {},
    make("span", { class: "kind" }, item.kind),
    name,
    make("a", { href: `/demo?item=${encodeURIComponent(item.id)}`, "aria-label": `Open ${item.summary || item.path || item.id} in the demo` }, "Open"),
  );
}

/** The address that the terminal prints: signs in, and is then the first page. */
async function start(): Promise<void> {
  const user = location.pathname === "/dev/sign-in" ? new URLSearchParams(location.search).get("user") : null;
  if (user === null) return show();
  window.history.replaceState(null, "", "/");
  await become(user);
  if (kept() === null) await show();
}

void start();
