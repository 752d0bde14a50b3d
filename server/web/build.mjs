import { cpSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { hashesOf, hashOfSources } from "../../protocol/js/sources.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const root = resolve(here, "../..");
const out = resolve(root, "server/draftwire_server/web/static");

rmSync(out, { recursive: true, force: true });
const { metafile } = await build({
  metafile: true,
  absWorkingDir: here,
  entryPoints: ["src/home.ts", "src/demo.ts", "src/docs.ts", "src/home.css", "src/demo.css", "src/docs.css"],
  outdir: out,
  bundle: true,
  minify: true,
  format: "esm",
  target: "es2022",
  charset: "utf8",
  legalComments: "none",
  alias: { draftwire: resolve(root, "protocol/js/src/index.ts") },
});
for (const page of ["home.html", "demo.html", "docs.html", "icon.svg"]) cpSync(resolve(here, "src", page), resolve(out, page));
const swagger = "node_modules/swagger-ui-dist"; // ships built: taken as it is
for (const file of ["swagger-ui-bundle.js", "swagger-ui.css"]) cpSync(resolve(here, swagger, file), resolve(out, file));
writeFileSync(resolve(out, "third-party.txt"), licences([...Object.keys(metafile.inputs), `${swagger}/`]));
const built = {
  sources: hashOfSources(root, ["protocol/js", "server/web"]),
  built: hashesOf(out, readdirSync(out)),
};
writeFileSync(resolve(out, "build.json"), JSON.stringify(built, null, 2) + "\n");

/** The licences of the packages that the bundles hold, as these ask for. */
function licences(inputs) {
  const packages = new Set(inputs.map((path) => /^node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1]).filter(Boolean));
  const texts = [...packages].sort().map((name) => {
    const directory = join(here, "node_modules", name);
    const { version, license } = JSON.parse(readFileSync(join(directory, "package.json"), "utf8"));
    const file = ["LICENSE", "LICENSE.md", "LICENSE.txt"].map((other) => join(directory, other)).find(existsSync);
    const text = file === undefined ? `Licence: ${license}` : readFileSync(file, "utf8").trim();
    return `${name} ${version}\n\n${text}\n`;
  });
  return `The scripts in this directory hold these packages.\n\n${texts.join("\n----\n\n")}`;
}
