// What an analyst sees in VS Code: nothing underlined that is right, mistakes at their lines, names and values offered.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { cpSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { after, before, test } from "node:test";
import { Server } from "./server.js";

const root = resolve(import.meta.dirname ?? new URL(".", import.meta.url).pathname, "../..");
const modified = (file) => statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0;
const built = ["release", "debug"]
  .map((profile) => join(root, "target", profile, "gradatie"))
  .filter(modified)
  .sort((one, other) => modified(other) - modified(one));
/** `GRADATIE` names the program; else it is the one that cargo built here last. */
const program = process.env.GRADATIE ?? built[0];

const folder = mkdtempSync(join(tmpdir(), "gradatie-editors-"));
let server;

before(async () => {
  assert.ok(program, "there is no program: run `cargo build`, or name one in GRADATIE");
  for (const [from, to] of [["rules", "rules"], ["tests/policy", "tests/policy"], ["docs/cases", "cases"]]) {
    cpSync(join(root, from), join(folder, to), { recursive: true });
  }
  // The documentation has a file of policy tests among its cases.
  renameSync(join(folder, "cases/kayes-expected.yaml"), join(folder, "tests/policy/kayes-expected.yaml"));
  execFileSync(program, ["schema", "--out", ".gradatie"], { cwd: folder, env: { ...process.env, LC_ALL: "C" } });
  const guide = readFileSync(join(root, "docs/editors.md"), "utf8");
  const { "yaml.schemas": schemas } = JSON.parse(/```json\n([^]*?)```/.exec(guide)[1]);
  server = new Server(folder, { yaml: { schemas, schemaStore: { enable: false }, validate: true, hover: true, completion: true } });
  await server.start();
});

after(async () => {
  await server?.stop();
  rmSync(folder, { recursive: true, force: true });
});

const yamlFiles = (below) =>
  readdirSync(join(folder, below), { recursive: true })
    .map((name) => join(below, name))
    .filter((name) => name.endsWith(".yaml"));

test("nothing is underlined in the rules, the policy tests and the cases of the documentation", async () => {
  const files = ["rules", "tests/policy", "cases"].flatMap(yamlFiles);
  assert.ok(files.length > 18, `${files.length}`);
  for (const file of files) {
    const problems = await server.problems(file, readFileSync(join(folder, file), "utf8"));
    if (file.endsWith("typo.yaml")) {
      assert.deepEqual(problems.map((one) => one.line).sort(), [3, 4], JSON.stringify(problems));
    } else {
      assert.deepEqual(problems, [], file);
    }
  }
});

test("a wrong name or value is underlined at its line in each kind of file", async () => {
  for (const [file, text, line] of [
    ["cases/age.yaml", "case: A\nfacts:\n  age: 340\n", 3],
    ["cases/circumstance.yaml", "case: A\nfacts:\n  individual_circumstances:\n    - gendre\n", 4],
    ["tests/policy/mali/2025/new.yaml", "- name: Kayes is silent\n  facts: {}\n  expect: {flags: [minr]}\n", 3],
    ["rules/mali/2026/policy.yaml", readFileSync(join(root, "rules/mali/2025/policy.yaml"), "utf8").replace("title:", "titel:"), 4],
    ["rules/mali/2026/sources.yaml", "source: {id: a, title: {nl: a, en: b}}\nsentences:\n  - {locator: a:1, kind: desicion, summary: {nl: a, en: b}}\n", 3],
  ]) {
    const problems = await server.problems(file, text);
    assert.ok(problems.some((one) => one.line === line), `${file}: ${JSON.stringify(problems)}`);
  }
});

test("names and values are offered, and a fact shows its question", async () => {
  const file = "cases/offers.yaml";
  await server.problems(file, "case: A\nfacts:\n  procedure: \n  region: \n  \n");
  const values = await server.offers(file, 3, 13);
  for (const value of ["first", "repeat", "renewal", "withdrawal"]) {
    assert.ok(values.includes(value), `${value} in ${values}`);
  }
  assert.ok((await server.offers(file, 4, 10)).includes("Ménaka"));
  assert.ok((await server.offers(file, 5, 2)).includes("individual_risk"));
  assert.match(await server.hover(file, 3, 4), /Which procedure is this\?/);
});
