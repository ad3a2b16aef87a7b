/** The Python that tests talk to (`FLECHE_PYTHON`, else `python3`), and what it has. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";

/** The program. */
export const python: string = process.env["FLECHE_PYTHON"] ?? "python3";

const PROBE = `
import importlib.util
for name in ("pickle", "numpy", "cloudpickle", "dill"):
    print(int(importlib.util.find_spec(name) is not None))
`;

const probed = spawnSync(python, ["-c", PROBE], { encoding: "utf8" });
const [hasPython, ...hasPackages] = probed.status === 0
  ? probed.stdout.split("\n").map((line) => line === "1")
  : [];

/** Whether a Python that is there and does not run is no reason to skip tests: CI sets this, and they fail then. */
const isRequired = process.env["FLECHE_PYTHON_REQUIRED"] !== undefined && probed.error === undefined;

/** For the options of tests that need Python. */
export const needsPython: { readonly skip?: string } = hasPython === true || isRequired
  ? {}
  : { skip: `"${python}" does not run: set FLECHE_PYTHON` };

/** For the options of tests that need a package of Python's. */
export function needsPackage(name: "numpy" | "cloudpickle" | "dill"): { readonly skip?: string } {
  const isThere = hasPackages[["numpy", "cloudpickle", "dill"].indexOf(name)] === true;
  return isThere ? {} : { skip: `"${python}" has no ${name}: pip install ${name}` };
}

/** Runs a Python program over lines of text; gives the lines that it prints. */
export function runPython(program: string, lines: readonly string[] = []): string[] {
  const { status, stdout, stderr, error } = spawnSync(python, ["-c", program], {
    input: lines.map((line) => `${line}\n`).join(""),
    encoding: "utf8",
    maxBuffer: 1 << 28,
    env: { ...process.env, PYTHONIOENCODING: "utf-8", PYTHONHASHSEED: "0" },
  });
  assert.equal(status, 0, error?.message ?? stderr);
  return stdout.trimEnd().split("\n");
}
