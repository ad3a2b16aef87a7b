import assert from "node:assert/strict";
import test from "node:test";
import fc from "fast-check";
import { nearestName } from "../../src/config/_nearest.ts";

const types = ["BagOfHoldingH5File", "CborFile", "CompressedStorage", "Memory", "PickleFile", "Sql"];

const meant: readonly [found: string, name: string | undefined][] = [
  ["Pickel", undefined],
  ["PickelFile", "PickleFile"],
  ["memory", "Memory"],
  ["Memroy", "Memory"],
  ["CBORFile", "CborFile"],
  ["CborFle", "CborFile"],
  ["CompresedStorge", "CompressedStorage"],
  ["BagOfHoldingHDF5File", "BagOfHoldingH5File"],
  ["sq", "Sql"],
  ["SQLite", undefined],
  ["", undefined],
  ["Redis", undefined],
  ["x".repeat(1_000_000), undefined],
];
for (const [found, name] of meant) {
  test(`nearestName takes ${found.slice(0, 30) || "nothing"} for ${name ?? "none of them"}`, () => {
    assert.equal(nearestName(found, types), name);
  });
}

test("nearestName finds a name of eight letters and more after any one slip", { timeout: 60_000 }, () => {
  const slip = fc.record({
    name: fc.stringMatching(/^[a-z]{8,20}$/),
    at: fc.nat({ max: 6 }),
    kind: fc.constantFrom("insert", "remove", "replace", "swap"),
    letter: fc.stringMatching(/^[a-z]$/),
  });
  fc.assert(fc.property(slip, ({ name, at, kind, letter }) => {
    const [before, here, next, rest] = [
      name.slice(0, at),
      name[at] ?? "",
      name[at + 1] ?? "",
      name.slice(at + 2),
    ];
    const found = {
      insert: before + letter + here + next + rest,
      remove: before + next + rest,
      replace: before + letter + next + rest,
      swap: before + next + here + rest,
    }[kind];
    assert.equal(nearestName(found ?? "", ["0123456789", name, "zzzz_zzzz_zzzz"]), name);
  }));
});
