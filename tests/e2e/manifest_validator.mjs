// Validates Kubernetes manifests, an array of JSON on standard input, against the
// published schemas of their kinds. Prints each fault and fails if there is one.

import { createRequire } from "node:module";
import { readFileSync } from "node:fs";

const require = createRequire(`${process.argv[2]}/node_modules/`);
let failed = false;
for (const manifest of JSON.parse(readFileSync(0, "utf-8"))) {
  const { apiVersion, kind } = manifest;
  try {
    const models = require(`kubernetes-models/${apiVersion}`);
    new models[kind](manifest).validate();
  } catch (error) {
    console.log(`${kind} ${manifest.metadata?.name}: ${error.message}`);
    failed = true;
  }
}
process.exit(failed ? 1 : 0);
