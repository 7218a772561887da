// Bundles each module and writes beside them whose work they are and under which licences.
import { build } from "esbuild";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";

const to = process.argv[2];
const used = new Set();
for (const name of ["preact", "oauth"]) {
  const { metafile } = await build({
    entryPoints: [`${name}.js`], outfile: join(to, `${name}.js`), bundle: true, format: "esm", minify: true, target: "es2023",
    legalComments: "none", metafile: true, logLevel: "warning",
    banner: { js: "// Made by .ci/vendor/make. Versions and licences: LICENSES.txt" },
  });
  for (const file of Object.keys(metafile.inputs)) {
    const found = /node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(file);
    if (found) used.add(found[1]);
  }
}

const texts = [];
for (const name of [...used].sort()) {
  const { version, license } = JSON.parse(await readFile(join("node_modules", name, "package.json"), "utf8"));
  let text;
  for (const file of ["LICENSE", "LICENSE.md", "LICENSE.txt"]) {
    text ??= await readFile(join("node_modules", name, file), "utf8").catch(() => undefined);
  }
  if (!text) throw new Error(`${name} brings no licence`);
  texts.push(`${name} ${version} (${license})\n${"=".repeat(72)}\n${text.trim()}\n`);
}
await writeFile(join(to, "LICENSES.txt"), texts.join("\n\n"));
