import { cpSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "vite";
import { hashesOf, hashOfSources } from "../../protocol/js/sources.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const root = resolve(here, "../..");
const out = resolve(root, "server/draftwire_server/web/static");
const pages = ["app", "demo", "docs"];

rmSync(out, { recursive: true, force: true });
const built = await build({
  configFile: false,
  root: resolve(here, "src"),
  publicDir: false,
  // Files name each other relatively; where the server is mounted, its pages say.
  base: "./",
  resolve: {
    alias: [
      { find: /^draftwire$/, replacement: resolve(root, "protocol/js/src/index.ts") },
      { find: /^draftwire\/(.+)$/, replacement: resolve(root, "protocol/js/src/bindings/$1.ts") },
    ],
    dedupe: ["@codemirror/state", "@codemirror/view"], // the package's binding and the pages have one CodeMirror
  },
  build: {
    outDir: out,
    emptyOutDir: true,
    assetsDir: "",
    assetsInlineLimit: 0, // the policy allows no data: in scripts and styles
    target: "es2022",
    modulePreload: { polyfill: false }, // it would be an inline script
    // Names stay from build to build: the server puts each build at an address of its own.
    rolldownOptions: {
      output: { entryFileNames: "[name].js", chunkFileNames, assetFileNames: "[name][extname]" },
      input: Object.fromEntries(pages.map((page) => [page, resolve(here, `src/${page}.html`)])),
    },
  },
  logLevel: "warn",
});
cpSync(resolve(here, "src/icon.svg"), resolve(out, "icon.svg"));
const swagger = "node_modules/swagger-ui-dist"; // ships built: taken as it is
for (const file of ["swagger-ui-bundle.js", "swagger-ui.css"]) cpSync(resolve(here, swagger, file), resolve(out, file));
const modules = [built].flat().flatMap(({ output }) => output.flatMap((chunk) => Object.keys(chunk.modules ?? {})));
writeFileSync(resolve(out, "third-party.txt"), licences([...modules, join(here, swagger, "x")]));
const record = {
  sources: hashOfSources(root, ["protocol/js", "server/web"]),
  built: hashesOf(out, readdirSync(out)),
};
writeFileSync(resolve(out, "build.json"), JSON.stringify(record, null, 2) + "\n");

/** A chunk's name: that of its module; of a package's main module, that of the package. */
function chunkFileNames({ facadeModuleId }) {
  const packaged = /node_modules\/(?:@[^/]+\/)?([^/]+)\/(?:.*\/)?([^/]+)\.\w+$/.exec(facadeModuleId ?? "");
  if (packaged === null) return "[name].js";
  return `${packaged[2] === "index" ? packaged[1] : packaged[2]}.js`;
}

/** The licences of the packages that the bundles hold, as these ask for. */
function licences(inputs) {
  const packages = new Set(inputs.map((path) => /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1]).filter(Boolean));
  const texts = [...packages].sort().map((name) => {
    const directory = join(here, "node_modules", name);
    const { version, license } = JSON.parse(readFileSync(join(directory, "package.json"), "utf8"));
    const file = ["LICENSE", "LICENSE.md", "LICENSE.txt"].map((other) => join(directory, other)).find(existsSync);
    const text = file === undefined ? `Licence: ${license}` : readFileSync(file, "utf8").trim();
    return `${name} ${version}\n\n${text}\n`;
  });
  return `The scripts in this directory hold these packages.\n\n${texts.join("\n----\n\n")}`;
}
