// The YAML language server, the one inside the VS Code extension, spoken to as an editor speaks to it.

import { spawn } from "node:child_process";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const here = import.meta.dirname ?? new URL(".", import.meta.url).pathname;
const program = join(here, "node_modules/yaml-language-server/bin/yaml-language-server");

/** A server for a folder, with the settings that `docs/editors.md` gives. */
export class Server {
  #process = spawn(process.execPath, [program, "--stdio"], { stdio: ["pipe", "pipe", "inherit"] });
  #waiting = new Map();
  #found = new Map();
  #next = 1;
  #buffer = Buffer.alloc(0);

  constructor(folder, settings) {
    this.folder = folder;
    this.settings = settings;
    this.#process.stdout.on("data", (data) => this.#take(data));
  }

  async start() {
    const uri = pathToFileURL(this.folder).href;
    await this.ask("initialize", {
      processId: process.pid,
      rootUri: uri,
      workspaceFolders: [{ uri, name: "rules" }],
      capabilities: { workspace: { configuration: true }, textDocument: { publishDiagnostics: {} } },
    });
    this.#tell("initialized", {});
    this.#tell("workspace/didChangeConfiguration", { settings: this.settings });
  }

  /** Opens a file with a text, and gives what the server finds in it. */
  async problems(path, text) {
    const uri = this.#uri(path);
    const found = new Promise((resolve) => this.#found.set(uri, resolve));
    this.#tell("textDocument/didOpen", { textDocument: { uri, languageId: "yaml", version: 1, text } });
    const problems = await found;
    return problems.map((one) => ({ line: one.range.start.line + 1, message: one.message }));
  }

  /** What the server offers at a place of an open file; lines from 1, columns from 0. */
  async offers(path, line, column) {
    const place = { textDocument: { uri: this.#uri(path) }, position: { line: line - 1, character: column } };
    const found = await this.ask("textDocument/completion", place);
    return (found.items ?? found).map((item) => item.label);
  }

  /** What the server shows for a place of an open file. */
  async hover(path, line, column) {
    const place = { textDocument: { uri: this.#uri(path) }, position: { line: line - 1, character: column } };
    const shown = await this.ask("textDocument/hover", place);
    return shown?.contents?.value ?? "";
  }

  async stop() {
    await this.ask("shutdown", null);
    this.#tell("exit", null);
    this.#process.kill();
  }

  ask(method, params) {
    const id = this.#next++;
    this.#write({ jsonrpc: "2.0", id, method, params });
    return new Promise((resolve, reject) => this.#waiting.set(id, { resolve, reject }));
  }

  #uri(path) {
    return pathToFileURL(join(this.folder, path)).href;
  }

  #tell(method, params) {
    this.#write({ jsonrpc: "2.0", method, params });
  }

  #write(message) {
    const text = JSON.stringify(message);
    this.#process.stdin.write(`Content-Length: ${Buffer.byteLength(text)}\r\n\r\n${text}`);
  }

  #take(data) {
    this.#buffer = Buffer.concat([this.#buffer, data]);
    for (;;) {
      const end = this.#buffer.indexOf("\r\n\r\n");
      if (end < 0) return;
      const length = Number(/Content-Length: (\d+)/.exec(this.#buffer.subarray(0, end).toString())[1]);
      if (this.#buffer.length < end + 4 + length) return;
      const message = JSON.parse(this.#buffer.subarray(end + 4, end + 4 + length).toString());
      this.#buffer = this.#buffer.subarray(end + 4 + length);
      this.#got(message);
    }
  }

  #got(message) {
    if (message.method === "textDocument/publishDiagnostics") {
      this.#found.get(message.params.uri)?.(message.params.diagnostics);
      this.#found.delete(message.params.uri);
    } else if (message.method === "workspace/configuration") {
      const section = (name) => name.split(".").reduce((all, key) => all?.[key], this.settings) ?? null;
      const result = message.params.items.map((item) => section(item.section));
      this.#write({ jsonrpc: "2.0", id: message.id, result });
    } else if (message.id !== undefined && message.method) {
      this.#write({ jsonrpc: "2.0", id: message.id, result: null });
    } else if (message.id !== undefined) {
      const { resolve, reject } = this.#waiting.get(message.id);
      this.#waiting.delete(message.id);
      message.error ? reject(new Error(message.error.message)) : resolve(message.result);
    }
  }
}
