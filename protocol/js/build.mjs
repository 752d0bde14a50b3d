import { writeFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { hashesOf, hashOfSources } from "./sources.mjs";

const here = dirname(fileURLToPath(import.meta.url));

await build({
  absWorkingDir: here,
  entryPoints: ["src/index.ts"],
  outfile: "dist/draftwire.js",
  bundle: true,
  format: "esm",
  target: "es2022",
  charset: "utf8",
  legalComments: "none",
});
const built = {
  sources: hashOfSources(resolve(here, "../.."), ["protocol/js"]),
  built: hashesOf(resolve(here, "dist"), ["draftwire.js"]),
};
writeFileSync(resolve(here, "dist/build.json"), JSON.stringify(built, null, 2) + "\n");
