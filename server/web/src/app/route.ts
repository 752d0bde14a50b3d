/**
 * Addresses of the pages: what is looked at stands in the URL, so that it survives reload, back and being sent.
 *
 * `/`, `/dashboard`, `/sign-in`, `/runs/<run>`, `/items/<item>` and below an item what of it is shown. A link is an ordinary `<a>`:
 * clicks on it stay in the page, opened in a new tab it works as well.
 */

import { signal } from "@preact/signals";
import { base } from "../base.js";

export type Route =
  | { page: "workspace"; query: URLSearchParams }
  | { page: "dashboard"; query: URLSearchParams }
  | { page: "sign-in"; query: URLSearchParams }
  | { page: "item"; item: string; rest: readonly string[]; query: URLSearchParams }
  | { page: "run"; run: string; query: URLSearchParams }
  | { page: "nothing" };

export const route = signal<Route>(read());

/** The address of a page, as an `href`. */
export function to(path: string, query?: Record<string, string>): string {
  const text = query === undefined ? "" : `?${new URLSearchParams(query).toString()}`;
  return base + path + text;
}

/** The address of the page for signing in; from there one comes back to where one is now. */
export function toSignIn(): string {
  return read().page === "sign-in" ? location.pathname + location.search : to("/sign-in", { next: location.pathname + location.search });
}

/** Where to go when somebody has signed in: a page of ours, and never the one for signing in again. */
export function afterSignIn(next: string | null): string {
  if (next === null || !next.startsWith("/") || next.startsWith("//")) return to("/");
  const { pathname, search } = new URL(next, location.origin);
  const { page } = parse(pathname, new URLSearchParams(search));
  return page === "sign-in" || page === "nothing" ? to("/") : next;
}

/** The address of an item, or of something of it: `at(id, "versions", "3")`. */
export function at(item: string, ...rest: (string | number)[]): string {
  return to(["/items", item, ...rest].map((part, i) => (i === 0 ? part : encodeURIComponent(part))).join("/"));
}

/** Go to an address of ours. */
export function go(href: string, how: "push" | "replace" = "push"): void {
  history[how === "push" ? "pushState" : "replaceState"](null, "", href);
  route.value = read();
}

/** Counts how often a panel was asked for: one that is open already takes the focus then, and begins anew. */
export const panelAsked = signal(0);

/** Change the query of the page that is shown; empty values go. */
export function search(changes: Record<string, string | null>, how: "push" | "replace" = "replace"): void {
  const query = new URLSearchParams(location.search);
  for (const [name, value] of Object.entries(changes)) {
    if (value === null || value === "") query.delete(name);
    else query.set(name, value);
  }
  const text = query.toString();
  const href = location.pathname + (text ? `?${text}` : "") + location.hash;
  if (changes["panel"]) panelAsked.value++;
  go(href, href === location.pathname + location.search + location.hash ? "replace" : how); // one step back leaves it
}

/** Close what is open beside the text of an item. */
export function closePanel(): void {
  search({ panel: null, alert: null });
}

/** Let clicks on links of ours, and going back, stay in the page. */
export function listen(): void {
  window.addEventListener("popstate", () => (route.value = read()));
  document.addEventListener("click", (event) => {
    if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    const link = event.target instanceof Element ? event.target.closest("a") : null;
    if (link === null || link.target !== "" || link.hasAttribute("download") || link.origin !== location.origin) return;
    const ours = parse(link.pathname, new URLSearchParams(link.search)).page !== "nothing";
    if (!ours || (link.pathname === location.pathname && link.hash !== "" && link.search === location.search)) return;
    event.preventDefault();
    go(link.href);
    window.scrollTo(0, 0);
  });
}

function read(): Route {
  return parse(location.pathname, new URLSearchParams(location.search));
}

function parse(pathname: string, query: URLSearchParams): Route {
  if (!pathname.startsWith(base)) return { page: "nothing" };
  const [first = "", ...rest] = pathname.slice(base.length).split("/").filter(Boolean).map(decodeURIComponent);
  switch (first) {
    case "":
      return { page: "workspace", query };
    case "dashboard":
    case "sign-in":
      return rest.length === 0 ? { page: first, query } : { page: "nothing" };
    case "runs": {
      const [run, ...more] = rest;
      return run === undefined || more.length > 0 ? { page: "nothing" } : { page: "run", run, query };
    }
    case "items": {
      const [item, ...inside] = rest;
      return item === undefined ? { page: "nothing" } : { page: "item", item, rest: inside, query };
    }
    default:
      return { page: "nothing" };
  }
}
