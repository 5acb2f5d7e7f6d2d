// Developers only: `make canvas`. Writes editor.js, editor.css and editor.LEGAL.txt beside this file (or into the folder
// that is given), byte for byte the same from the same source. What npm installs goes to var/canvas, outside of git and
// of the static files.
import { execFileSync } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { fileURLToPath } from "node:url";

const here = path.dirname(fileURLToPath(import.meta.url));
const out = path.resolve(process.argv[2] || here);
const mods = path.resolve(process.env.KAIZEN_CANVAS_MODULES || path.join(here, "../../var/canvas"));
const lock = readFileSync(path.join(here, "package-lock.json"), "utf8");
const stamp = path.join(mods, "kaizen-stamp");

if (!existsSync(stamp) || readFileSync(stamp, "utf8") !== lock) {
  mkdirSync(mods, { recursive: true });
  for (const name of ["package.json", "package-lock.json"]) copyFileSync(path.join(here, name), path.join(mods, name));
  execFileSync("npm", ["ci", "--ignore-scripts", "--no-audit", "--no-fund"], { cwd: mods, stdio: "inherit" });
  writeFileSync(stamp, lock);
}

const esbuild = createRequire(path.join(mods, "x.js"))("esbuild");
const legal = "editor.LEGAL.txt";
const common = { bundle: true, minify: true, outdir: out, nodePaths: [path.join(mods, "node_modules")], logLevel: "warning" };
await esbuild.build({
  ...common,
  absWorkingDir: here,
  entryPoints: { editor: path.join(here, "src/element.jsx") },
  format: "esm",
  jsx: "automatic",
  charset: "utf8",
  define: { "process.env.NODE_ENV": '"production"' },
  legalComments: "none",
  banner: { js: "/*! Licences of what is in here: editor.LEGAL.txt */" },
  target: "es2022",
});
await esbuild.build({ ...common, entryPoints: { editor: path.join(here, "src/editor.css") }, legalComments: "none" });
writeFileSync(path.join(out, legal), licences());

/** The licence text of every package that is part of the bundle. */
function licences() {
  const packages = JSON.parse(lock).packages;
  const parts = [];
  for (const [place, item] of Object.entries(packages)) {
    if (!place || item.dev || place.includes("@types/")) continue;
    const folder = path.join(mods, place);
    const file = ["LICENSE", "LICENSE.md", "LICENSE.txt", "license"].find((name) => existsSync(path.join(folder, name)));
    const text = file ? readFileSync(path.join(folder, file), "utf8").trim() : `Licence: ${item.license}`;
    parts.push(`${place.replace("node_modules/", "")} ${item.version} (${item.license})\n\n${text}\n`);
  }
  return parts.join("\n---\n\n");
}
