/** Both layers of faults, below one cache: operations on files and on databases, numbered in one row. */
import type { TorturedCache } from "./_caches.ts";
import { installFaultLayer, type Watcher } from "./_fault_layer.ts";

/** Puts the layers in place, that of databases where there is one; what comes back takes them away. */
export async function installFaults(
  tortured: TorturedCache,
  root: string,
  watcher: Watcher,
): Promise<() => void> {
  const counter = { count: 0 };
  const removers = [installFaultLayer(root, watcher, counter)];
  if (tortured.hasDatabase) {
    const { installSqlLayer } = await import("./_sql_layer.ts");
    removers.push(installSqlLayer(watcher, counter));
  }
  return () => {
    for (const remove of removers) remove();
  };
}
