/**
 * Installs the peers into `bench/node_modules`, where nothing but the benchmarks finds them. Deno does it for both
 * runtimes: exact versions from `peers.json`, the whole tree locked in `peers.lock`, the package's own minimum age for
 * dependencies, and no install scripts.
 *
 * @module
 */

const root = new URL("../", import.meta.url);
const bench = new URL("./", import.meta.url);

interface PackageConfig {
  readonly minimumDependencyAge?: string;
  readonly imports: Readonly<Record<string, string>>;
  readonly links: readonly string[];
}

async function readJson<T>(url: URL): Promise<T> {
  return JSON.parse(await Deno.readTextFile(url)) as T;
}

/** The peers that are compared with, name and version. */
export function peers(): Promise<Readonly<Record<string, string>>> {
  return readJson(new URL("peers.json", bench));
}

/**
 * Installs, and gives back the configuration that benchmarks run under in Deno: the package's own imports and the
 * peers' beside them. It is made and not kept, so that it cannot fall behind the package's.
 */
export async function install(): Promise<string> {
  const own = await readJson<PackageConfig>(new URL("deno.json", root));
  const versions = await peers();
  const config = {
    nodeModulesDir: "auto",
    minimumDependencyAge: own.minimumDependencyAge,
    lock: { path: "./peers.lock" },
    imports: {
      ...own.imports,
      ...Object.fromEntries(
        Object.entries(versions).map(([name, version]) => [name, `npm:${name}@${version}`]),
      ),
    },
    links: own.links.map((link) => `../${link}`),
  };
  const path = new URL(".deno.json", bench).pathname;
  await Deno.writeTextFile(path, `${JSON.stringify(config, null, 2)}\n`);
  // What the module itself needs under Bun, which finds it in the package's own node_modules.
  for (const args of [["install", "--quiet"], ["install", "--quiet", "--config", path]]) {
    const { code, stderr } = await new Deno.Command(Deno.execPath(), { args, cwd: root, stdout: "inherit" })
      .output();
    // Deno names the packages whose install scripts it did not run: it says nothing else of use when all went well.
    if (code !== 0) {
      await Deno.stderr.write(stderr);
      throw new Error(`Cannot install the peers: deno ${args.join(" ")} ended with ${code}`);
    }
  }
  return path;
}
