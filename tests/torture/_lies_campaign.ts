/**
 * Entries that are whole and say what is not so: records whose CBOR is sound and whose fields lie, records that name a value
 * of another kind, rows that have changed places. The next call gives the right result, and the one after it is a hit.
 */
import { createClient } from "@libsql/client";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Cache, CborFile, fleche, Sql } from "../../mod.ts";
import { cborCodec } from "../../src/codec/cbor/cbor_codec.ts";
import { warningsOf } from "../_warnings.ts";
import { type Campaign, Count, type Harm, type Tally } from "./_campaign.ts";
import { type Kind, kinds } from "./_results.ts";

type Fields = Record<string, unknown>;

/** What a record may say that is not so, beside a record of another kind. */
function lies(own: Fields, other: Fields): Record<string, Fields> {
  const { result, form, codec, size } = other;
  return {
    // What agrees with itself, only a signature finds: any bytes are a stream.
    ...(own.form === undefined && form !== undefined ? { "its value is that of a stream": { result } } : {}),
    ...(codec === own.codec ? {} : {
      "its form is that of another kind": { form },
      "its size and form are those of another kind": { form, size },
    }),
    "its size is that of another kind": { size },
    "its size is too large": { size: 2 ** 50 },
    "its size is negative": { size: -1 },
    "its size is a text": { size: "many" },
    "its codec is unknown": { codec: "xyz" },
    "its codec is a number": { codec: 7 },
    "its form is unknown": { form: { kind: "xyz" } },
    "its form is a response, its codec that of values": {
      form: { kind: "response", status: 200, statusText: "", headers: [], hasBody: true },
      codec: "cbor",
    },
    "its form is a response that none can be": {
      form: { kind: "response", status: 99, statusText: "\n", headers: [["\n", ""]] },
    },
    "its form is a list": { form: [1, 2, 3] },
    "its form is null": { form: null },
    "its form is that of a file without a name": { form: { kind: "file", type: "x" } },
    "its result is a path": { result: "../".repeat(21) + "x" },
    "its result is no digest": { result: "z".repeat(64) },
    "its result is nowhere": { result: "0".repeat(64) },
    "its version is a later one": { fleche: 2 },
    "its version is a text": { fleche: "1" },
    "its arguments are a text": { arguments: "x" },
    "its time is far ahead": { time: 1e18 },
    "its metadata pollute": { metadata: { ["__proto__"]: { polluted: true } } },
  };
}

class Liar {
  readonly kind: Kind;
  readonly #call: ((n: number) => Promise<unknown>) & { digest(n: number): Promise<string> };
  readonly #runs: () => number;

  constructor(kind: Kind, cache: Cache) {
    let runs = 0;
    this.kind = kind;
    this.#runs = () => runs;
    this.#call = fleche((n: number) => {
      runs++;
      return kind.make(n);
    }, { name: kind.name, module: "torture", cache, strict: true });
  }

  key(): Promise<string> {
    return this.#call.digest(1);
  }

  async call(): Promise<{ readonly verdict: string | undefined; readonly ran: boolean }> {
    const before = this.#runs();
    const verdict = await this.kind.judge(await this.#call(1), 1);
    return { verdict, ran: this.#runs() > before };
  }

  async harm(): Promise<Harm> {
    try {
      const { verdict } = await this.call();
      if (verdict !== undefined) return { wrong: [verdict] };
      const again = await this.call();
      if (again.verdict !== undefined) return { wrong: [`${again.verdict}, by the call after`] };
      return again.ran ? { failed: ["the call after was no hit"] } : {};
    } catch (error) {
      return { failed: [String(error)] };
    }
  }
}

async function runLies(): Promise<Tally> {
  const count = new Count();
  const directory = mkdtempSync(join(tmpdir(), "fleche-torture-"));
  try {
    await using cache = new Cache({
      values: new CborFile({ root: `${directory}/values` }),
      calls: new CborFile({ root: `${directory}/calls` }),
    });
    const liars = kinds.map((kind) => new Liar(kind, cache));
    const truths = new Map<Liar, Fields>();
    for (const liar of liars) {
      await liar.call();
      const body = await cache.calls.get(await liar.key());
      truths.set(liar, await cborCodec.decode(await body?.bytes() ?? new Uint8Array()) as Fields);
    }
    await warningsOf(async () => {
      for (const liar of liars) {
        const truth = truths.get(liar) ?? {};
        for (const other of liars) {
          if (other === liar) continue;
          for (const [what, fields] of Object.entries(lies(truth, truths.get(other) ?? {}))) {
            const { form, result, ...rest } = { ...truth, ...fields };
            // As records are written: what is a stream says so before it names its value.
            const lie = { fleche: 1, ...(form === undefined ? {} : { form }), result, ...rest };
            await cache.calls.put(await liar.key(), await cborCodec.encode(lie));
            count.add(`${liar.kind.name} (other: ${other.kind.name}): ${what}`, await liar.harm());
          }
        }
      }
    });
    if ("polluted" in {}) count.add("afterwards", { wrong: ["a prototype was polluted"] });
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
  return count.tally();
}

/** Statements that have rows of a database change places, or parts of them. */
const SWAPS: readonly string[] = ["calls", "stored_values"].flatMap((table) => [
  `UPDATE ${table} SET key = rowid || key; UPDATE ${table} SET key = (SELECT substr(o.key, length(o.rowid) + 1)
    FROM ${table} o WHERE o.rowid <> ${table}.rowid ORDER BY o.rowid DESC LIMIT 1)
    WHERE rowid IN (SELECT rowid FROM ${table} ORDER BY rowid DESC LIMIT 1)`,
  ...["body", "checksum", "size"].map((column) =>
    `UPDATE ${table} SET ${column} = (SELECT o.${column} FROM ${table} o WHERE o.rowid <> ${table}.rowid AND o.body IS NOT NULL)
      WHERE body IS NOT NULL`
  ),
  `UPDATE ${table} SET chunked = (SELECT max(id) FROM bodies WHERE id <> ${table}.chunked) WHERE chunked IS NOT NULL`,
  `UPDATE ${table} SET size = size + 1`,
  `UPDATE ${table} SET body = x'' WHERE body IS NOT NULL`,
  `UPDATE ${table} SET body = CAST(body || x'00' AS BLOB) WHERE body IS NOT NULL`,
]).concat([
  "UPDATE chunks SET seq = 1 - seq + 10 WHERE seq < 2; UPDATE chunks SET seq = seq - 10 WHERE seq > 5",
  "UPDATE chunks SET data = (SELECT o.data FROM chunks o WHERE o.rowid <> chunks.rowid LIMIT 1)",
  "DELETE FROM chunks WHERE seq = 1",
  "DELETE FROM chunks",
  "UPDATE chunks SET data = zeroblob(length(data))",
  "UPDATE chunks SET checksum = x''",
  "DELETE FROM stored_values",
  "DELETE FROM bodies",
]);

async function runSwaps(): Promise<Tally> {
  const count = new Count();
  const directory = mkdtempSync(join(tmpdir(), "fleche-torture-"));
  try {
    const url = `${directory}/one.db`;
    await using cache = new Cache({ values: new Sql({ url, role: "values" }), calls: new Sql({ url }) });
    const liars = kinds.map((kind) => new Liar(kind, cache));
    await warningsOf(async () => {
      for (const liar of liars) await liar.call();
      for (const swap of SWAPS) {
        const client = createClient({ url: `file:${url}`, concurrency: 1, timeout: 5000 });
        await client.executeMultiple(
          `PRAGMA foreign_keys = OFF; PRAGMA ignore_check_constraints = ON; ${swap}`,
        );
        client.close();
        for (const liar of liars) {
          let harm: Harm = {};
          try {
            const { verdict, ran } = await liar.call();
            // A stream stops at the damage, and the call after runs.
            if (verdict !== undefined && (verdict !== "damaged" || ran)) harm = { wrong: [verdict] };
          } catch (error) {
            harm = { failed: [String(error)] };
          }
          const after = await liar.harm();
          count.add(`${liar.kind.name}: ${swap.replace(/\s+/g, " ")}`, {
            wrong: [...harm.wrong ?? [], ...after.wrong ?? []],
            failed: [...harm.failed ?? [], ...after.failed ?? []],
          });
        }
      }
    });
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
  return count.tally();
}

export const campaigns: readonly Campaign[] = [
  { name: "records that lie", run: runLies },
  { name: "rows that changed places", run: runSwaps },
];
