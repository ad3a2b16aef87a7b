// deno-lint-ignore-file no-console -- printing is what it is for.
/** Prints the message of every fault: those in a file, or (`in-code`) those in settings given in code. */
import { parseToml } from "../../src/config/parse_toml.ts";
import { readCacheSettings } from "../../src/config/cache_settings.ts";
import { readSettings } from "../../src/config/settings.ts";
import { faultOf, faults, inCode, source } from "./_faults.ts";

const found = process.argv[2] === "in-code"
  ? inCode.map(([says, settings]) =>
    [says, faultOf(() => readCacheSettings(settings, { file: undefined }))] as const
  )
  : faults.map(([says, toml]) =>
    [says, faultOf(() => readSettings(parseToml(toml, source), source))] as const
  );
const lines = found.map(([says, { code, place, message }]) =>
  `${says}\n    ${code}, ${place ?? "no place"}\n    ${message.replaceAll(source.file, "…/cache.toml")}\n`
);
console.log(lines.join("\n"));
