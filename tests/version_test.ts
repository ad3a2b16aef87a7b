import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";
import { version } from "../src/version.ts";

test("version is that of deno.json", () => {
  const manifest = JSON.parse(readFileSync(new URL("../deno.json", import.meta.url), "utf8"));
  assert.equal(version, manifest.version);
});
