import assert from "node:assert/strict";
import { test } from "node:test";
import { cache, fleche, openCache } from "../../../mod.ts";
import { Sql } from "../../../src/storage/sql.ts";
import { withClockOf } from "../_clock.ts";
import { warningsOf } from "../../_warnings.ts";
import { type Manner, TestServer } from "./_server.ts";

const options = { timeout: 60_000 };
const bytes = new Uint8Array([1, 2, 3]);

async function withServer(body: (server: TestServer) => Promise<void>): Promise<void> {
  const server = await TestServer.listen();
  try {
    await body(server);
  } finally {
    await server.close();
  }
}

async function withStorage(
  { url, timeoutMs = 10_000 }: { readonly url: string; readonly timeoutMs?: number },
  body: (storage: Sql) => Promise<void>,
): Promise<void> {
  const storage = new Sql({ url, timeoutMs });
  try {
    await body(storage);
  } finally {
    await storage[Symbol.asyncDispose]();
  }
}

for (const scheme of ["http", "ws"]) {
  test(`Sql keeps entries on a server that a ${scheme}: URL names`, options, async () => {
    await withServer(async (server) => {
      await withStorage({ url: `${scheme}://${server.host}` }, async (storage) => {
        await storage.put("key", bytes);
        assert.deepEqual(await (await storage.get("key"))?.bytes(), bytes);
        assert.deepEqual(await Array.fromAsync(storage.keys()), ["key"]);
        assert.equal(await storage.delete("key"), true);
        assert.equal(await storage.get("key"), undefined);
      });
    });
  });
}

const troubles: Record<Exclude<Manner, "well">, RegExp> = {
  "never": /no whole answer within 100 ms/,
  "never whole": /no whole answer within 100 ms/,
  "cut off": /Cannot reach server/,
  "hangs up": /Cannot reach server/,
  "500": /it answered with status 500/,
  "elsewhere": /Cannot reach server/,
  "nonsense": /Cannot open database/,
};

for (const [manner, message] of Object.entries(troubles)) {
  test(`Sql rejects within its bounds while a server answers like this: ${manner}`, options, async () => {
    await withServer(async (server) => {
      await withStorage({ url: `http://${server.host}`, timeoutMs: 100 }, async (storage) => {
        server.manner = manner as Manner;
        const begun = performance.now();
        await assert.rejects(storage.get("key"), message);
        assert(performance.now() - begun < 5000);
      });
    });
  });

  test(`a call returns, with one warning, and is kept afterwards, server: ${manner}`, options, async () => {
    await withServer(async (server) => {
      const settings = { type: "Sql", url: `http://${server.host}`, timeout_ms: 100 };
      await using mine = openCache({ values: settings, calls: settings });
      let runs = 0;
      const double = fleche((x: number) => (runs++, 2 * x), { name: `double ${manner}` });
      using _active = cache(mine);
      server.manner = manner as Manner;
      const warnings = await warningsOf(async () => {
        for (const x of [1, 2, 3]) assert.equal(await double(x), 2 * x);
      });
      assert.equal(warnings.length, 1, warnings.join("\n"));
      server.manner = "well";
      runs = 0;
      // Each look at the clock is a minute later: no pause is left.
      await withClockOf(60_000, async () => {
        assert.equal(await double(4), 8);
        assert.equal(await double(4), 8);
      });
      assert.equal(runs, 1);
    });
  });
}

test("Sql leaves a server alone for a while that gave no answer", options, async () => {
  await withServer(async (server) => {
    const url = `http://${server.host}`;
    await withStorage({ url, timeoutMs: 200 }, async (storage) => {
      await storage.put("key", bytes);
      server.manner = "never";
      await assert.rejects(storage.has("key"), /no whole answer within 200 ms/);
      const { requests } = server;
      await assert.rejects(storage.has("key"), /could not be reached a moment ago/);
      // Nor does another storage on the same server wait.
      await withStorage({ url, timeoutMs: 200 }, async (other) => {
        await assert.rejects(other.put("key", bytes), /could not be reached a moment ago/);
      });
      assert.equal(server.requests, requests);
      server.manner = "well";
      await withClockOf(31_000, async () => assert.equal(await storage.has("key"), true));
    });
  });
});

test("Sql rejects when nothing listens, and works once something does", options, async () => {
  const first = await TestServer.listen();
  const { host } = first;
  await first.close();
  await withStorage({ url: `http://${host}` }, async (storage) => {
    await assert.rejects(storage.get("key"), /Cannot reach server/);
    const second = await TestServer.listen(Number(host.split(":")[1]));
    try {
      await withClockOf(31_000, () => storage.put("key", bytes));
      assert.equal(await storage.has("key"), true);
    } finally {
      await second.close();
    }
  });
});
