/** A libSQL server for tests: as much of Hrana over HTTP, version 2, as the client uses, and every way to misbehave. */
import { Buffer } from "node:buffer";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { DatabaseSync } from "node:sqlite";

/** How a server answers: as it should, or with one of its troubles. */
export type Manner =
  | "well"
  | "never"
  | "never whole"
  | "cut off"
  | "500"
  | "nonsense"
  | "elsewhere"
  | "hangs up";

interface Statement {
  readonly sql?: string;
  readonly sql_id?: number;
  readonly args?: readonly { readonly type: string; readonly value?: unknown; readonly base64?: string }[];
}

interface Condition {
  readonly type: string;
  readonly step?: number;
  readonly cond?: Condition;
}

interface Asked {
  readonly type: string;
  readonly sql?: string;
  readonly sql_id?: number;
  readonly stmt?: Statement;
  readonly batch?: {
    readonly steps: readonly { readonly condition?: Condition; readonly stmt: Statement }[];
  };
}

/** A server on a port of its own, with one database in memory. */
export class TestServer {
  manner: Manner = "well";
  /** How many requests have come. */
  requests = 0;
  readonly #database = new DatabaseSync(":memory:");
  readonly #sockets = new Set<Socket>();
  readonly #server: Server;

  private constructor() {
    this.#server = createServer((request, response) => void this.#answer(request, response));
    this.#server.on("connection", (socket) => {
      this.#sockets.add(socket);
      socket.on("error", () => {});
      socket.on("close", () => this.#sockets.delete(socket));
    });
  }

  static async listen(port = 0): Promise<TestServer> {
    const server = new TestServer();
    await new Promise<void>((resolve) => server.#server.listen(port, "127.0.0.1", resolve));
    return server;
  }

  /** Host and port. */
  get host(): string {
    return `127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve));
    for (const socket of this.#sockets) socket.destroy();
    await closed;
    this.#database.close();
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    this.requests++;
    const parts: Uint8Array[] = [];
    for await (const part of request) parts.push(part as Uint8Array);
    const { requests } = JSON.parse(new TextDecoder().decode(await new Blob(parts as BlobPart[]).bytes()));
    const json = { "content-type": "application/json" };
    switch (this.manner) {
      case "never":
        return;
      case "never whole":
        response.writeHead(200, json);
        response.write("{");
        return;
      case "cut off":
        response.writeHead(200, { ...json, "content-length": "1000" });
        response.write("{", () => request.socket.destroy());
        return;
      case "hangs up":
        request.socket.destroy();
        return;
      case "500":
        response.writeHead(500).end("trouble");
        return;
      case "elsewhere":
        response.writeHead(307, { location: "http://127.0.0.2:9/" }).end();
        return;
      case "nonsense":
        response.writeHead(200, json).end(`{"baton":null,"base_url":null,"results":[7]}`);
        return;
      default: {
        const texts = new Map<number, string>();
        const results = (requests as Asked[]).map((asked) => this.#resultOf(asked, texts));
        response.writeHead(200, json).end(JSON.stringify({ baton: null, base_url: null, results }));
      }
    }
  }

  #resultOf(asked: Asked, texts: Map<number, string>): unknown {
    try {
      return { type: "ok", response: { type: asked.type, ...this.#responseTo(asked, texts) } };
    } catch (error) {
      return { type: "error", error: faultOf(error) };
    }
  }

  #responseTo({ type, sql_id: id = 0, sql = "", stmt, batch }: Asked, texts: Map<number, string>): object {
    if (type === "store_sql") texts.set(id, sql);
    if (stmt !== undefined) return { result: this.#run(stmt, texts) };
    if (batch === undefined) return {};
    const step_results: unknown[] = [];
    const step_errors: unknown[] = [];
    const holds = ({ type, step = 0, cond }: Condition): boolean =>
      type === "not" ? cond !== undefined && !holds(cond) : (step_results[step] ?? null) !== null;
    for (const { condition, stmt } of batch.steps) {
      let result: unknown = null;
      let fault: unknown = null;
      try {
        if (condition === undefined || holds(condition)) result = this.#run(stmt, texts);
      } catch (error) {
        fault = faultOf(error);
      }
      step_results.push(result);
      step_errors.push(fault);
    }
    return { result: { step_results, step_errors } };
  }

  #run(stmt: Statement, texts: Map<number, string>): object {
    const prepared = this.#database.prepare(stmt.sql ?? texts.get(stmt.sql_id ?? -1) ?? "");
    const args = (stmt.args ?? []).map(({ type, value, base64 }) => {
      if (type === "null") return null;
      if (type === "blob") return Uint8Array.from(atob(base64 ?? ""), (char) => char.charCodeAt(0));
      return type === "integer" ? Number(value) : value as string | number;
    });
    // Two columns may have one name. Both runtimes have it, the types do not.
    (prepared as typeof prepared & { setReturnArrays(arrays: boolean): void }).setReturnArrays(true);
    const rows = prepared.all(...args) as unknown as unknown[][];
    const { changes } = this.#database.prepare("SELECT changes() AS changes").get() as { changes: number };
    return {
      cols: prepared.columns().map(({ name }) => ({ name, decltype: null })),
      rows: rows.map((row) => row.map(encoded)),
      affected_row_count: changes,
      last_insert_rowid: null,
    };
  }
}

function encoded(value: unknown): object {
  if (value === null) return { type: "null" };
  if (typeof value === "string") return { type: "text", value };
  if (typeof value === "number") {
    return Number.isInteger(value) ? { type: "integer", value: String(value) } : { type: "float", value };
  }
  return { type: "blob", base64: Buffer.from(value as Uint8Array).toString("base64") };
}

function faultOf(error: unknown): object {
  return { message: error instanceof Error ? error.message : String(error), code: "SQLITE_ERROR" };
}
