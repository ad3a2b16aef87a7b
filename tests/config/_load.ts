// deno-lint-ignore-file no-console -- printing is what it is for.
/** Loads a configuration, asks for its default cache, and prints what came of it as JSON; warnings go to standard error. */
import { defaultCache, loadConfig } from "../../src/config/active_config.ts";

const path = process.argv[2];
try {
  const config = loadConfig(path === undefined ? {} : { path });
  // Who asks for no default cache is not warned of a file that was not read; who asks twice is warned once.
  for (let i = 0; i < 2; i++) defaultCache();
  console.log(JSON.stringify({ file: config.file, default: config.settings.default }));
} catch (error) {
  console.log(JSON.stringify({ name: (error as Error).name, message: (error as Error).message }));
}
