import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import test from "node:test";
import { fileURLToPath } from "node:url";
import { registerMetadata, registerStorage } from "../../mod.ts";
import { runtimeCommand } from "../_runtime.ts";
import { withTemporaryDirectory } from "../_temporary.ts";

const program = join(dirname(fileURLToPath(import.meta.url)), "_registered.ts");

/** Runs the program in a process whose configuration is `toml`. */
async function run(toml: string): Promise<{ folder: string; printed: Record<string, unknown> }> {
  let folder = "";
  let printed = "";
  await withTemporaryDirectory((directory) => {
    folder = join(directory, "fleche");
    mkdirSync(folder);
    writeFileSync(join(folder, "cache.toml"), toml);
    const [command = "", ...args] = runtimeCommand;
    const env = { ...process.env, XDG_CONFIG_HOME: directory };
    printed = String(execFileSync(command, [...args, program], { env }));
  });
  return { folder, printed: JSON.parse(printed) };
}

const SECTION = `
[default]
cache = "mine"
metadata = ["Runtime", "Region"]
[mine]
values.type = "LabelledStorage"
values.label = "red"
values.folder = "below"
values.inner.type = "CompressedStorage"
values.inner.compression = "gzip"
values.inner.inner.type = "PlainStorage"
calls.type = "PlainStorage"
`;

test(
  "registerStorage and registerMetadata make their types known to the configuration file",
  { timeout: 60_000 },
  async () => {
    const { folder, printed } = await run(SECTION);
    assert.deepEqual(printed, {
      name: "mine",
      opened: [{ label: "red", folder: join(folder, "below") }],
      metadata: { zone: "north" },
      hit: true,
    });
  },
);

test("registerStorage's options are checked as fleche's own are", { timeout: 60_000 }, async () => {
  const faults: [from: string, to: string, message: RegExp][] = [
    ['label = "red"', 'label = "rde"', /"rde" at mine\.values\.label.*"red"/],
    ['label = "red"', "limit = 5", /mine\.values.*label/],
    ['folder = "below"', "limit = 1.5", /1\.5.* at mine\.values\.limit/],
    ['folder = "below"', "colour = 1", /"colour" of "LabelledStorage" at mine\.values\.colour.*"folder"/],
    ['"PlainStorage"', '"PlainStorag"', /"PlainStorag".*"PlainStorage"/],
    ['"Region"', '"Regoin"', /"Regoin".*"Region"/],
  ];
  for (const [from, to, message] of faults) {
    const { printed } = await run(SECTION.replace(from, to));
    assert.match(String(printed["fault"]), /^ConfigError: Cannot use configuration ".*cache\.toml"/);
    assert.match(String(printed["fault"]), message);
  }
});

test("registerStorage and registerMetadata refuse names that are taken, reserved or no names", () => {
  const spec = { options: {}, open: () => assert.fail("it must not be opened") };
  for (const name of ["Memory", "PickleFile", "", "two words", "__proto__"]) {
    assert.throws(() => registerStorage(name, spec), { name: "TypeError" }, name);
  }
  for (const name of ["Runtime", "Tags", "", "two words"]) {
    assert.throws(() => registerMetadata(name, () => ({ name: "x" })), { name: "TypeError" }, name);
  }
});
