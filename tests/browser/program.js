// The program under test, and the pages that it writes.

import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { after } from "node:test";

export const root = resolve(import.meta.dirname ?? new URL(".", import.meta.url).pathname, "../..");

const modified = (file) => statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0;
const built = ["release", "debug"]
  .map((profile) => join(root, "target", profile, "gradatie"))
  .filter(modified)
  .sort((one, other) => modified(other) - modified(one));
/** `GRADATIE` names the program; else it is the one that cargo built here last. */
const program = process.env.GRADATIE ?? built[0];

/** A folder of its own for the files of one test file. */
export const folder = mkdtempSync(join(tmpdir(), "gradatie-pages-"));
after(() => rmSync(folder, { recursive: true, force: true }));

/** Runs the program in the folder and gives what it wrote to standard output. */
export function gradatie(...parameters) {
  if (!program) {
    throw new Error("there is no program: run `cargo build`, or name one in GRADATIE");
  }
  const options = { cwd: folder, encoding: "utf8", maxBuffer: 1 << 28, env: { ...process.env, LC_ALL: "C" } };
  return execFileSync(program, ["--rules", join(root, "rules"), ...parameters], options);
}

/** Writes what a command gives on standard output as a page, and gives its path. */
export function page(name, ...parameters) {
  const path = join(folder, name);
  writeFileSync(path, gradatie(...parameters));
  return path;
}
