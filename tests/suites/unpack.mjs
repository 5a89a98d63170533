// Writes the suites that npm packages carry as the files that the suites themselves have.
//
//     node unpack.mjs FOLDER YAML_PACKAGE JSON_PACKAGE

import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";

const [folder, yamlPackage, jsonPackage] = process.argv.slice(2);
const load = async (path) => (await import(pathToFileURL(resolve(path)))).default;

for (const file of readdirSync(join(yamlPackage, "data")).filter((file) => /^[0-9A-Z]{4}\.js$/.test(file))) {
  const { id, cases } = await load(join(yamlPackage, "data", file));
  let json;
  for (const [index, one] of cases.entries()) {
    // What an input does not say of itself is as for the one before it.
    json = one.json === undefined ? json : one.json;
    const name = cases.length > 1 ? join(id, String(index).padStart(cases.length > 10 ? 3 : 2, "0")) : id;
    const into = join(folder, "yaml-test-suite", name);
    mkdirSync(into, { recursive: true });
    writeFileSync(join(into, "in.yaml"), one.yaml);
    if (one.fail) writeFileSync(join(into, "error"), "");
    if (typeof json === "string" && !one.fail) writeFileSync(join(into, "in.json"), json);
  }
}

const parsing = join(folder, "JSONTestSuite", "test_parsing");
mkdirSync(parsing, { recursive: true });
for (const { name, input } of await load(join(jsonPackage, "data", "parsing.js"))) {
  writeFileSync(join(parsing, name), input);
}
