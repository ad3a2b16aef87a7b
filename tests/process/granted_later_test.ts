/** Permissions that come while the program runs, as by `Deno.permissions.request`. Bun has none. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { CborFile, Sql, type Storage } from "../../mod.ts";
import { isDeno } from "../_runtime.ts";
import { withTemporaryDirectory } from "../_temporary.ts";

const options = { skip: isDeno ? false : "only Deno has permissions", timeout: 60_000 };

/** Runs `body` while Deno says that it would ask for permissions of this kind. */
async function withoutPermission(name: string, body: () => Promise<void>): Promise<void> {
  const { permissions } = Deno;
  const query = permissions.querySync;
  permissions.querySync = (descriptor) => {
    const status = query.call(permissions, descriptor);
    return descriptor.name === name ? { ...status, state: "prompt" } as Deno.PermissionStatus : status;
  };
  try {
    await body();
  } finally {
    permissions.querySync = query;
  }
}

const storages: Readonly<Record<string, (directory: string) => Storage>> = {
  CborFile: (directory) => new CborFile({ root: join(directory, "root") }),
  Sql: (directory) => new Sql({ url: join(directory, "calls.db") }),
};

for (const [type, open] of Object.entries(storages)) {
  for (const name of ["read", "write"]) {
    test(
      `${type} works once permission to ${name} is granted that was missing before`,
      options,
      () =>
        withTemporaryDirectory(async (directory) => {
          const storage = open(directory);
          await withoutPermission(name, async () => {
            for (let time = 0; time < 2; time++) {
              await assert.rejects(storage.put("key", new Uint8Array(3)), {
                code: "PERMISSION_MISSING",
                message: new RegExp(`run Deno with .*--allow-${name}=`),
              });
            }
          });
          await storage.put("key", new Uint8Array(3));
          assert.equal((await storage.get("key"))?.size, 3);
          await storage[Symbol.asyncDispose]();
        }),
    );
  }
}
