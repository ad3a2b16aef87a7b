/** Which servers are left alone, and which are not. */
import assert from "node:assert/strict";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import test from "node:test";
import { askServer } from "../../../src/storage/sql/_ask_server.ts";

/** A server that answers at once, but for `/slow`, which it never answers. */
async function withServer(body: (url: string) => Promise<void>): Promise<void> {
  const kept: ServerResponse[] = [];
  const server = createServer((request, response) => {
    if (request.url === "/slow") kept.push(response);
    else response.end("here");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  try {
    await body(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  } finally {
    for (const response of kept) response.destroy();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
}

test("askServer leaves a server alone that was asked in vain", () =>
  withServer(async (url) => {
    await assert.rejects(askServer(new Request(`${url}/slow`), 50), /no whole answer within 50 ms/);
    await assert.rejects(askServer(new Request(url), 1000), /not asked again yet/);
  }));

test("askServer goes on asking a server that has answered others while one request was in vain", () =>
  withServer(async (url) => {
    const slow = askServer(new Request(`${url}/slow`), 300);
    assert.equal(await (await askServer(new Request(url), 10_000)).text(), "here");
    await assert.rejects(slow, /no whole answer/);
    assert.equal(await (await askServer(new Request(url), 10_000)).text(), "here");
  }));
