// Runs the tests of this folder with node. argv: the npm packages of the console,
// a folder for the compiled tests.
import { spawnSync } from "node:child_process";
import { mkdirSync, readdirSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const [packages, output] = process.argv.slice(2);
const require = createRequire(join(packages, "node_modules/vite/package.json"));
const { build } = await import(pathToFileURL(require.resolve("rolldown")).href);
const here = import.meta.dirname;
const tests = readdirSync(here).filter((name) => name.endsWith("_test.ts"));
mkdirSync(output, { recursive: true });
for (const name of tests) {
  await build({
    input: join(here, name),
    platform: "node",
    logLevel: "warn",
    output: { file: join(output, name.replace(/ts$/, "mjs")), format: "esm", codeSplitting: false },
  });
}
const compiled = tests.map((name) => join(output, name.replace(/ts$/, "mjs")));
const { status } = spawnSync(process.execPath, ["--test", ...compiled], { stdio: "inherit" });
process.exit(status ?? 1);
