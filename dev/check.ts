/** `deno task check`: format, lint, types of everything, documentation of every entry point, and a publish dry run. */

const root = new URL("../", import.meta.url);
const manifest = JSON.parse(await Deno.readTextFile(new URL("deno.json", root))) as {
  exports: Record<string, string>;
};
const entryPoints = Object.values(manifest.exports);

const checks: readonly (readonly string[])[] = [
  ["install", "--quiet"],
  ["fmt", "--check", "--quiet"],
  ["lint", "--quiet"],
  ["check", "--quiet", ...entryPoints, "src/", "tests/", "dev/", "examples/", "bench/"],
  ["doc", "--lint", "--quiet", ...entryPoints],
  ["publish", "--dry-run", "--allow-dirty", "--quiet"],
];

let failed = 0;
for (const args of checks) {
  const started = performance.now();
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), { args: [...args], cwd: root })
    .output();
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  console.log(`${code === 0 ? "ok    " : "FAILED"} deno ${args.slice(0, 3).join(" ")} (${seconds} s)`);
  if (code === 0) continue;
  failed++;
  await Deno.stdout.write(stdout);
  await Deno.stderr.write(stderr);
}
Deno.exit(failed === 0 ? 0 : 1);
