import { cpSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { hashesOf, hashOfSources } from "../../protocol/js/sources.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const root = resolve(here, "../..");
const out = resolve(root, "server/draftwire_server/web/static");

rmSync(out, { recursive: true, force: true });
await build({
  absWorkingDir: here,
  entryPoints: ["src/home.ts", "src/demo.ts", "src/home.css", "src/demo.css"],
  outdir: out,
  bundle: true,
  minify: true,
  format: "esm",
  target: "es2022",
  charset: "utf8",
  legalComments: "none",
  alias: { draftwire: resolve(root, "protocol/js/src/index.ts") },
});
for (const page of ["home.html", "demo.html", "icon.svg"]) cpSync(resolve(here, "src", page), resolve(out, page));
const built = {
  sources: hashOfSources(root, ["protocol/js", "server/web"]),
  built: hashesOf(out, readdirSync(out)),
};
writeFileSync(resolve(out, "build.json"), JSON.stringify(built, null, 2) + "\n");
