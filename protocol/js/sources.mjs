// The hash that a built file carries, so that a test without Node sees that it was built from these sources:
// SHA-256 over "<path>\n<SHA-256 of the content>\n" for every source, in the order of their paths.
import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const BESIDE = ["build.mjs", "package-lock.json", "package.json", "tsconfig.json"];

function sha256(data) {
  return createHash("sha256").update(data).digest("hex");
}

function filesBelow(directory) {
  return readdirSync(directory, { withFileTypes: true }).flatMap((entry) =>
    entry.isDirectory() ? filesBelow(join(directory, entry.name)) : [join(directory, entry.name)],
  );
}

/** Hash the sources of packages, given by their directories relative to `root`. */
export function hashOfSources(root, packages) {
  const paths = packages.flatMap((directory) => [
    ...filesBelow(join(root, directory, "src")).map((path) => path.slice(root.length + 1)),
    ...BESIDE.map((name) => join(directory, name)),
  ]);
  const lines = paths.sort().map((path) => `${path}\n${sha256(readFileSync(join(root, path)))}\n`);
  return sha256(lines.join(""));
}

/** Hash built files by their names. */
export function hashesOf(directory, names) {
  return Object.fromEntries([...names].sort().map((name) => [name, sha256(readFileSync(join(directory, name)))]));
}
