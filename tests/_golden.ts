/** Golden files: what persists or is printed, pinned. Written only by `deno task golden`. */
import assert from "node:assert/strict";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const folder = join(dirname(fileURLToPath(import.meta.url)), "golden");

/** Compares `actual` with the golden file of that name; `FLECHE_GOLDEN=write` writes it instead. */
export function assertGolden(name: string, actual: string): void {
  const path = join(folder, name);
  if (process.env["FLECHE_GOLDEN"] === "write") {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, actual);
    return;
  }
  assert.equal(
    actual,
    readFileSync(path, "utf8"),
    `golden file ${name} differs; if that is meant: deno task golden`,
  );
}
