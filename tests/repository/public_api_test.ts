import assert from "node:assert/strict";
import test from "node:test";
import { assertGolden } from "../_golden.ts";
import { codeLines, manifest, root } from "./_sources.ts";

/** The names that an entry point exports, types apart. `export *` and default exports are refused. */
function exportsOf(path: string): { values: string[]; types: string[] } {
  const code = codeLines(path).join("\n");
  assert(!/^export\s+(?:\*|default)/m.test(code), `${path} exports names that it does not write out`);
  const values: string[] = [];
  const types: string[] = [];
  for (const [, type, list = ""] of code.matchAll(/^export\s+(type\s+)?\{([^}]*)\}/gm)) {
    const names = list.split(",").map((each) => each.trim()).filter((each) => each !== "");
    for (const name of names) {
      const [, inline, exported = ""] = /^(type\s+)?(?:\S+\s+as\s+)?(\S+)$/.exec(name) ?? [];
      (type ?? inline) === undefined ? values.push(exported) : types.push(exported);
    }
  }
  const declared = /^export\s+(?:async\s+)?(const|function\*?|class|interface|type)\s+(\w+)/gm;
  for (const [, kind = "", name = ""] of code.matchAll(declared)) {
    (kind === "interface" || kind === "type" ? types : values).push(name);
  }
  return { values: values.sort(), types: types.sort() };
}

test("deno.json's entry points export what is pinned", () => {
  const pinned = Object.entries(manifest().exports).map(([name, path]) => {
    const { values, types } = exportsOf(path);
    const lines = [...values, ...types.map((each) => `type ${each}`)];
    return `${name}\n${lines.map((each) => `  ${each}\n`).join("")}`;
  });
  assertGolden("public_api.txt", pinned.join("\n"));
});

test("deno.json's entry points have the values that they name", { timeout: 60_000 }, async () => {
  for (const path of Object.values(manifest().exports)) {
    const module: object = await import(new URL(path, `file://${root}`).href);
    assert.deepEqual(Object.keys(module).sort(), exportsOf(path).values, path);
  }
});
