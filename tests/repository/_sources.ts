/** The repository as text, for the tests that hold its files to what is said of them. */
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path/posix";
import { fileURLToPath } from "node:url";

/** The repository's folder. */
export const root: string = fileURLToPath(new URL("../../", import.meta.url)).replaceAll("\\", "/");

/** The text of a file of the repository. */
export function textOf(path: string): string {
  return readFileSync(join(root, path), "utf8");
}

/** The paths of the files below a folder of the repository, sorted. */
export function filesBelow(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath.replaceAll("\\", "/"), entry.name).slice(root.length))
    .sort();
}

/** The TypeScript files of `src`. */
export function sourceFiles(): string[] {
  return filesBelow("src").filter((path) => path.endsWith(".ts"));
}

/** deno.json. */
export function manifest(): {
  readonly version: string;
  readonly exports: Record<string, string>;
  readonly imports: Record<string, string>;
} {
  return JSON.parse(textOf("deno.json"));
}

/** A source's lines of code: comment lines are left empty, so that their numbers stay. */
export function codeLines(path: string): string[] {
  return textOf(path).split("\n").map((line) => /^\s*(?:\/\*\*|\*(?:[\s/]|$)|\/\/)/.test(line) ? "" : line);
}

/** An import or re-export. */
export interface Import {
  /** What stands in quotes. */
  readonly specifier: string;
  /** `type` is erased, `static` is loaded with the file, `lazy` is an `import()` in its code. */
  readonly kind: "type" | "static" | "lazy";
  /** The path of the file that it means, from the repository's folder; `undefined` for packages and built-in modules. */
  readonly file: string | undefined;
}

/** Everything that a source imports. */
export function importsOf(path: string): Import[] {
  const code = codeLines(path).join("\n");
  const found: Import[] = [];
  const add = (kind: Import["kind"], specifier: string): void => {
    const file = specifier.startsWith(".") ? join(dirname(path), specifier) : undefined;
    found.push({ specifier, kind, file });
  };
  for (
    const [, type, specifier = ""] of code.matchAll(
      /^(?:import|export)\s+(type\s)?[^;]*?\bfrom\s+"([^"]+)"/gm,
    )
  ) {
    add(type === undefined ? "static" : "type", specifier);
  }
  for (const [, specifier = ""] of code.matchAll(/^import\s+"([^"]+)"/gm)) add("static", specifier);
  for (const [, type, specifier = ""] of code.matchAll(/(typeof\s+)?\bimport\(\s*"([^"]+)"/g)) {
    add(type === undefined ? "lazy" : "type", specifier);
  }
  return found;
}

/** The package that a specifier names: `@std/path` of `@std/path/posix/join`. */
export function packageOf(specifier: string): string {
  return specifier.split("/").slice(0, specifier.startsWith("@") ? 2 : 1).join("/");
}

/** The cells of the first Markdown table below a heading, without its head. */
export function tableBelow(document: string, heading: string): string[][] {
  const [, section = ""] = textOf(document).split(`\n${heading}\n`);
  const rows = section.split(/\n#/, 1).join("").split("\n").filter((line) => line.startsWith("|"));
  return rows.slice(2).map((row) => row.split("|").slice(1, -1).map((cell) => cell.trim()));
}
