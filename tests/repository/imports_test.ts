import assert from "node:assert/strict";
import test from "node:test";
import { importsOf, manifest, packageOf, sourceFiles, tableBelow } from "./_sources.ts";

/** The folder of `src` that a file lies in, or the file itself where it lies in `src`, as the map names them. */
function roomOf(path: string): string {
  const [room = "", ...rest] = path.slice("src/".length).split("/");
  return rest.length === 0 ? room : `${room}/`;
}

/** What the rooms of `src` import of each other, types included. */
function importsByRoom(): Map<string, Set<string>> {
  const found = new Map<string, Set<string>>();
  for (const path of sourceFiles()) {
    const room = roomOf(path);
    const others = found.get(room) ?? new Set();
    found.set(room, others);
    for (const { file } of importsOf(path)) {
      if (file === undefined || roomOf(file) === room) continue;
      assert(file.startsWith("src/"), `${path} imports ${file}, from outside src`);
      others.add(roomOf(file));
    }
  }
  return found;
}

/** What the map says of them. */
const map = tableBelow("src/README.md", "## Folders").flatMap(([rooms = "", , imports = ""]) =>
  rooms.split(", ").map((room) => ({
    room: room.replaceAll("`", ""),
    imports: imports === "nothing" ? [] : imports.split(", ").map((each) => each.replaceAll("`", "")),
  }))
);

test("src/README.md names every room of src, and what each imports", () => {
  const found = importsByRoom();
  assert.deepEqual(map.map(({ room }) => room).sort(), [...found.keys()].sort());
  for (const { room, imports } of map) {
    assert.deepEqual(imports.toSorted(), [...found.get(room) ?? []].sort(), `what ${room} imports`);
  }
});

test("imports between the rooms of src run one way, to rooms further up in src/README.md", () => {
  const above = new Set<string>();
  for (const { room, imports } of map) {
    for (const each of imports) assert(above.has(each), `${room} imports ${each}, which stands below it`);
    above.add(room);
  }
});

/** A call's key is written with the tags of the digest scheme, of which it is a part. */
const MAY_READ_PRIVATE: Readonly<Record<string, readonly string[]>> = {
  "src/call/key.ts": ["src/digest/_tags.ts", "src/digest/_writer.ts"],
};

test("no source imports another folder's private file", () => {
  for (const path of sourceFiles()) {
    for (const { file } of importsOf(path)) {
      const [folder, name] = [
        file?.slice(0, file.lastIndexOf("/")) ?? "",
        file?.slice(file.lastIndexOf("/") + 1),
      ];
      if (file === undefined || MAY_READ_PRIVATE[path]?.includes(file)) continue;
      assert(!name?.startsWith("_") || path.startsWith(`${folder}/`), `${path} imports ${file}`);
    }
  }
});

/** An entry point that is for the users of a package alone. */
const MAY_IMPORT: Readonly<Record<string, string>> = { "src/otel/mod.ts": "@opentelemetry/api" };

test("sources import no built-in module and no npm package statically", () => {
  for (const path of sourceFiles()) {
    for (const { kind, specifier, file } of importsOf(path)) {
      if (kind === "type" || file !== undefined) continue;
      const isOurs = packageOf(specifier).startsWith("@std/") || specifier === MAY_IMPORT[path];
      assert(kind === "lazy" ? !specifier.startsWith("node:") : isOurs, `${path} imports "${specifier}"`);
    }
  }
});

test("each package is imported in one file of src, and explained in src/README.md", () => {
  const files = new Map<string, Set<string>>();
  for (const path of sourceFiles()) {
    for (const { kind, specifier, file } of importsOf(path)) {
      if (kind === "type" || file !== undefined) continue;
      const name = packageOf(specifier);
      files.set(name, (files.get(name) ?? new Set()).add(path));
    }
  }
  for (const [name, paths] of files) {
    assert.equal(paths.size, 1, `${name} is imported by ${[...paths].join(", ")}`);
  }
  const explained = tableBelow("src/README.md", "## Packages, and why each")
    .map(([name = "", purpose = ""]) => ({ name: name.replaceAll("`", ""), purpose }));
  assert.deepEqual(explained.map(({ name }) => name).sort(), Object.keys(manifest().imports).sort());
  const isDevelopment = (purpose: string): boolean => purpose.includes("development only");
  assert.deepEqual(
    explained.filter(({ purpose }) => !isDevelopment(purpose)).map(({ name }) => name).sort(),
    [...files.keys()].sort(),
  );
});
