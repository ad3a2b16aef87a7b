/**
 * Indexes the sources and docs of a folder and ranks their words, with a cache: the second run has nothing to compute,
 * and after an edit only the edited file and the ranking are computed again.
 *
 *     deno run -A examples/index_sources/main.ts [folder] [--config cache.toml] [--cache plain|compressed] [--json]
 *     bun examples/index_sources/main.ts …
 */
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { cache, fleche, loadConfig } from "../../mod.ts";
import { indexText, rankWords } from "./words.ts";

const here = fileURLToPath(new URL(".", import.meta.url));
const { values: options, positionals: [folder = "."] } = parseArgs({
  allowPositionals: true,
  options: {
    config: { type: "string", default: join(here, "cache.toml") },
    cache: { type: "string", default: "plain" },
    json: { type: "boolean", default: false },
  },
});

const asked = { indexFile: 0, rankFiles: 0 };
const computed = { indexFile: 0, rankFiles: 0 };

/** One file. Its text is the argument, so an edited file is another call. */
const indexFile = fleche(function indexFile(text: string) {
  computed.indexFile++;
  return indexText(text);
});

/** All files: a cached function that calls a cached function. */
const rankFiles = fleche(async function rankFiles(files: ReadonlyMap<string, string>) {
  computed.rankFiles++;
  const indexes = new Map<string, Awaited<ReturnType<typeof indexFile>>>();
  for (const [path, text] of files) {
    asked.indexFile++;
    indexes.set(path, await indexFile(text));
  }
  return rankWords(indexes);
});

/** The text of every source and document below the folder. */
async function readSources(): Promise<Map<string, string>> {
  const files = new Map<string, string>();
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = entries.filter((entry) => entry.isFile() && /\.(?:ts|md)$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => !/[/\\](?:node_modules|\.git)[/\\]/.test(path)).sort();
  for (const path of paths) files.set(path.slice(folder.length + 1), await readFile(path, "utf8"));
  return files;
}

await loadConfig({ path: options.config });
const files = await readSources();

const started = performance.now();
const ranking = await cache(options.cache, () => {
  asked.rankFiles++;
  return rankFiles(files);
});
const milliseconds = performance.now() - started;

if (options.json) {
  console.log(JSON.stringify({ files: files.size, asked, computed, milliseconds, best: ranking.best }));
} else {
  console.log(`${files.size} files, ${ranking.words} words, in ${milliseconds.toFixed(0)} ms`);
  for (const name of ["indexFile", "rankFiles"] as const) {
    console.log(`${name}: ${computed[name]} computed, ${asked[name] - computed[name]} found in the cache`);
  }
  console.log(`words that tell most: ${ranking.best.map(([word]) => word).join(", ")}`);
  console.log(`look alike: ${ranking.lookAlikes.map(([pair]) => pair).join(", ")}`);
}
