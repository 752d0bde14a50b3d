/** Where the server is mounted, without a slash at the end: the page says so, since only the server knows. */

export const base = document.documentElement.dataset["base"] ?? "";
