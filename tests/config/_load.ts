// deno-lint-ignore-file no-console -- printing is what it is for.
/** Loads the default configuration and prints what came of it, as JSON; warnings go to standard error. */
import { loadConfig } from "../../src/config/load_config.ts";

const path = process.argv[2];
try {
  const config = loadConfig(path === undefined ? {} : { path });
  loadConfig(path === undefined ? {} : { path }); // A second time: warnings come once.
  console.log(JSON.stringify({ file: config.file, default: config.settings.default }));
} catch (error) {
  console.log(JSON.stringify({ name: (error as Error).name, message: (error as Error).message }));
}
