/** A program for the tests: prints the entry of the metadata class that its argument names, as JSON. */
// deno-lint-ignore-file no-console -- printing is what it is for.
import { CallInfo } from "../../src/metadata/call_info.ts";
import { Environment } from "../../src/metadata/environment.ts";
import { Git } from "../../src/metadata/git.ts";
import { Runtime } from "../../src/metadata/runtime.ts";

const wanted = globalThis.process.argv.at(-1);
if (wanted === "Git") console.log(JSON.stringify(new Git().before()));
if (wanted === "Environment") console.log(JSON.stringify(new Environment().before()));
if (wanted === "Runtime") {
  const runtime = new Runtime();
  console.log(JSON.stringify(runtime.after(runtime.before())));
}
if (wanted === "CallInfo") {
  console.log(JSON.stringify(
    new CallInfo().before({ name: "f", module: undefined, version: undefined, key: "0" }),
  ));
}
