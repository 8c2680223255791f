// The build: one script, one style sheet and a script for each other language,
// each with its compressed form beside it.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";

// The greatest size of all files together as gzip compresses them, in bytes.
const budget = 70_000;

// Writes NAME.gz beside each file, and fails if they exceed the budget.
function compress() {
  let folder = "";
  return {
    name: "compress",
    apply: "build",
    configResolved(config: { root: string; build: { outDir: string } }) {
      folder = join(config.root, config.build.outDir);
      if (config.build.outDir.startsWith("/")) folder = config.build.outDir;
    },
    closeBundle() {
      let total = 0;
      for (const entry of readdirSync(folder, { recursive: true })) {
        const path = join(folder, String(entry));
        if (!/\.(html|js|css|svg)$/.test(path)) continue;
        const gzip = gzipSync(readFileSync(path), { level: 9 });
        writeFileSync(`${path}.gz`, gzip);
        total += gzip.length;
      }
      if (total > budget) {
        throw new Error(`the console has ${total} bytes, more than ${budget}`);
      }
      console.log(`console: ${total} of ${budget} bytes`);
    },
  };
}

// The gateway that ./dev console sends all calls to.
const gateway = process.env.GATEWAY;

export default {
  base: gateway ? "/console/" : "./",
  resolve: { preserveSymlinks: true },
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  build: {
    target: "es2022",
    // The first that know light-dark().
    cssTarget: ["chrome123", "firefox120", "safari17.5"],
    emptyOutDir: true,
    assetsInlineLimit: 0,
    modulePreload: false,
    license: { fileName: "LICENSE.md" },
  },
  server: {
    proxy: { "^/(?!console)": gateway ?? "" },
    fs: { allow: [".", "../../gateway/console"] },
  },
  plugins: [compress()],
};
