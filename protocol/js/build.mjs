import { execFileSync } from "node:child_process";
import { mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { hashesOf, hashOfSources } from "./sources.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const dist = resolve(here, "dist");
const peers = resolve(here, "../../tests/browser/peers");
// Entry points beside the client itself; each imports the client's built file, so that a page has it once.
const bindings = ["autosave", "codemirror", "monaco", "react", "textarea"].map((name) => `bindings/${name}`);
const beside = ["elements/elements", ...bindings];
const common = { absWorkingDir: here, bundle: true, format: "esm", target: "es2022", charset: "utf8", legalComments: "none" };

rmSync(dist, { recursive: true, force: true });
rmSync(peers, { recursive: true, force: true });
mkdirSync(dist);
await build({ ...common, entryPoints: ["src/index.ts"], outfile: "dist/draftwire.js" });
await build({
  ...common,
  entryPoints: beside.map((name) => `src/${name}.ts`),
  outdir: "dist",
  entryNames: "[name]",
  external: ["@codemirror/*", "react"],
  plugins: [
    {
      name: "client",
      setup({ onResolve }) {
        onResolve({ filter: /^\.\.\/index\.js$/ }, () => ({ path: "./draftwire.js", external: true }));
      },
    },
  ],
});
// What bindings stand on, for tests in a browser without Node.
await build({
  ...common,
  entryPoints: ["peers/state.js", "peers/view.js", "peers/react.js"],
  outdir: peers,
  splitting: true,
  minify: true,
  chunkNames: "shared-[hash]",
  define: { "process.env.NODE_ENV": '"production"' },
});
await build({ ...common, entryPoints: ["peers/monaco.js"], outdir: peers, minify: true, loader: { ".ttf": "dataurl" } });
const declarations = ["--noEmit", "false", "--declaration", "--emitDeclarationOnly", "--outDir", "dist/types"];
execFileSync(process.execPath, [resolve(here, "node_modules/typescript/bin/tsc"), ...declarations], { cwd: here, stdio: "inherit" });
const built = {
  sources: hashOfSources(resolve(here, "../.."), ["protocol/js"]),
  built: hashesOf(dist, readdirSync(dist, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile()).map((entry) => relative(dist, resolve(entry.parentPath, entry.name)))),
};
writeFileSync(resolve(dist, "build.json"), JSON.stringify(built, null, 2) + "\n");
