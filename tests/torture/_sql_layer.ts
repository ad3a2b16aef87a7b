/**
 * A database layer that faults can be put into: stands in place of the methods of the client of `@libsql/client` by which
 * `src` asks for everything, and tells of each call as an operation named `execute` or `batch`.
 *
 * `as` here: methods are taken and replaced by their names.
 */
import { createClient, LibsqlError } from "@libsql/client";
import { killSelf, type Operation, type Watcher } from "./_fault_layer.ts";

type Ask = (...args: unknown[]) => Promise<unknown>;

/**
 * Puts the layer in place; what comes back takes it away again.
 *
 * @param counter Numbers the operations: shared with the file layer.
 */
export function installSqlLayer(watcher: Watcher, counter: { count: number }): () => void {
  const client = createClient({ url: ":memory:" });
  const methods = Object.getPrototypeOf(client) as Record<string, Ask>;
  client.close();
  const originals = new Map<string, Ask>();
  for (const name of ["execute", "batch"]) {
    const original = methods[name];
    if (original === undefined) throw new Error(`Cannot find method "${name}" of the client`);
    originals.set(name, original);
    methods[name] = async function (this: unknown, ...args: unknown[]): Promise<unknown> {
      const operation: Operation = { at: ++counter.count, name, path: textOf(args[0]) };
      const fault = watcher.before?.(operation);
      if (fault !== undefined && "code" in fault) {
        throw new LibsqlError(`${fault.code}: injected fault`, fault.code);
      }
      if (fault !== undefined && "kill" in fault && fault.kill !== "after") killSelf();
      const result = await original.apply(this, args);
      if (fault !== undefined && "kill" in fault) killSelf();
      watcher.after?.(operation, result);
      return result;
    };
  }
  return () => {
    for (const [name, original] of originals) methods[name] = original;
  };
}

function textOf(asked: unknown): string {
  if (Array.isArray(asked)) return asked.map(textOf).join("; ");
  return typeof asked === "string" ? asked : (asked as { sql: string }).sql;
}
