import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { callKey } from "../../src/call/key.ts";
import { digestNow } from "../../src/digest/digest_now.ts";
import { assertGolden } from "../_golden.ts";
import { oracleKey } from "../digest/_oracle.ts";

const base = {
  name: "area",
  module: "src/shapes.ts",
  version: 1,
  code: undefined,
  arguments: [["w", String(digestNow(2))], ["h", String(digestNow(3))]],
} as const;

test("callKey changes with each part of a call and with nothing else", () => {
  const calls: Parameters<typeof callKey>[0][] = [
    base,
    { ...base, name: "areb" },
    { ...base, module: undefined },
    { ...base, module: "" },
    { ...base, version: undefined },
    { ...base, version: "1" },
    { ...base, version: 2 },
    { ...base, code: "0".repeat(64) },
    { ...base, module: undefined, code: base.module },
    { ...base, arguments: [] },
    { ...base, arguments: [base.arguments[0]] },
    { ...base, arguments: [base.arguments[1], base.arguments[0]] },
    { ...base, arguments: [["w", base.arguments[1][1]], ["h", base.arguments[0][1]]] },
    { ...base, arguments: [["h", base.arguments[0][1]], ["w", base.arguments[1][1]]] },
  ];
  const keys = calls.map(callKey);
  assert.equal(new Set(keys).size, calls.length);
  assert.deepEqual(calls.map(callKey), keys);
  for (const key of keys) assert.match(key, /^[0-9a-f]{64}$/);
});

test("callKey is not the digest of a value that looks like the call", () => {
  assert.notEqual(callKey(base), digestNow(base));
});

test("callKey gives its golden vectors on every runtime", () => {
  const lines = [
    callKey(base),
    callKey({ ...base, version: "1" }),
    callKey({ name: "f", module: undefined, version: undefined, code: undefined, arguments: [] }),
    callKey({
      name: "é\ud800",
      module: "m",
      version: -0,
      code: "c".repeat(64),
      arguments: [["x", "0".repeat(64)]],
    }),
  ];
  assertGolden("call/keys.txt", `${lines.join("\n")}\n`);
});

test("callKey agrees with an implementation from the specification", () => {
  const text = fc.string({ unit: "binary", maxLength: 80 });
  const digests = fc.uint8Array({ minLength: 32, maxLength: 32 }).map((bytes) =>
    Buffer.from(bytes).toString("hex")
  );
  fc.assert(
    fc.property(
      text,
      fc.option(text, { nil: undefined }),
      fc.oneof(fc.constant(undefined), text, fc.double()),
      fc.option(digests, { nil: undefined }),
      fc.array(fc.tuple(text, digests), { maxLength: 140 }),
      (name, module, version, code, args) => {
        assert.equal(
          callKey({ name, module, version, code, arguments: args }),
          oracleKey(name, [module, version, code], args),
        );
      },
    ),
  );
});
