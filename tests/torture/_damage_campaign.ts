/**
 * What happens to the files of a cache between two calls: cut, flipped, overwritten, extended, replaced by something else. The
 * next call gives the right result (a stream may stop at the damage, and say so), the one after it at the latest is whole, and
 * then it is a hit again.
 */
import { lstatSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  Cache,
  CborFile,
  CloudpickleFile,
  CompressedStorage,
  fleche,
  PickleFile,
  type Storage,
} from "../../mod.ts";
import { warningsOf } from "../_warnings.ts";
import { type Campaign, type CampaignOptions, Count, type Harm, type Tally } from "./_campaign.ts";
import { type Damage, damagesWithin, type Places, replacements } from "./_damages.ts";
import { type Kind, kinds, smallKinds } from "./_results.ts";

/** A cache whose entries are files. */
interface Subject {
  readonly name: string;
  readonly kinds: readonly Kind[];
  values(root: string): Storage;
}

const subjects: readonly Subject[] = [
  { name: "CborFile", kinds, values: (root) => new CborFile({ root }) },
  {
    name: "CompressedStorage around CborFile",
    kinds: kinds.filter(({ name }) => ["small", "large", "stream", "items"].includes(name)),
    values: (root) => new CompressedStorage({ compression: "gzip", inner: new CborFile({ root }) }),
  },
  { name: "PickleFile", kinds: smallKinds, values: (root) => new PickleFile({ root }) },
  { name: "CloudpickleFile", kinds: smallKinds, values: (root) => new CloudpickleFile({ root }) },
];

const PLACES: Readonly<Record<CampaignOptions["size"], Places>> = {
  short: { all: 0, some: 4, last: 4 },
  full: { all: 2000, some: 100, last: 150 },
};

/** How long a call may take before it is said to hang, in milliseconds. */
const PATIENCE_MS = 20_000;

/** What is done within that time; fails otherwise. */
async function inTime<T>(work: Promise<T>): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer in ${PATIENCE_MS} ms`)), PATIENCE_MS);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** The files of the entries below a root. */
function entriesBelow(root: string): string[] {
  return readdirSync(join(root, "v1"), { recursive: true, withFileTypes: true })
    .filter(({ parentPath, name }) =>
      !parentPath.includes("quarantine") && !parentPath.endsWith("tmp") &&
      /\.(cbor|pickle|cloudpickle)$/.test(name)
    )
    .map(({ parentPath, name }) => join(parentPath, name)).sort();
}

/** A cached function of one kind of result, and how often it has run. */
class Patient {
  readonly #kind: Kind;
  readonly #call: (n: number) => Promise<unknown>;
  readonly #runs: () => number;

  constructor(kind: Kind, cache: Cache) {
    this.#kind = kind;
    let runs = 0;
    this.#runs = () => runs;
    // Under `strict` whatever is not plain damage is an error.
    this.#call = fleche((n: number) => {
      runs++;
      return kind.make(n);
    }, { name: kind.name, module: "torture", cache, strict: true });
  }

  /** Calls it; says what was wrong, and whether the function ran. */
  async call(n: number): Promise<{ readonly wrong: string | undefined; readonly ran: boolean }> {
    const before = this.#runs();
    const wrong = await inTime(this.#call(n).then((result) => this.#kind.judge(result, n)));
    return { wrong, ran: this.#runs() > before };
  }

  /** What became of the damage, which has been done already. */
  async harm(n: number, { isDamaged }: { readonly isDamaged: boolean }): Promise<Harm> {
    try {
      let last = await this.call(n);
      // A stream was given out before its damaged end was known.
      if (last.wrong === "damaged" && !last.ran) last = await this.call(n);
      if (last.wrong !== undefined) return { wrong: [last.wrong] };
      if (isDamaged && !last.ran) return { failed: ["the damage was not found"] };
      const again = await this.call(n);
      if (again.wrong !== undefined) return { wrong: [`${again.wrong}, by the call after`] };
      return again.ran ? { failed: ["the call after was no hit"] } : {};
    } catch (error) {
      return { failed: [error instanceof Error ? `${error.name}: ${error.message}` : String(error)] };
    }
  }
}

/** Does everything to one file of a kind of entry. */
async function torment(
  subject: Subject,
  { kind, part, count, places }: {
    readonly kind: Kind;
    readonly part: "values" | "calls";
    readonly count: Count;
    readonly places: Places;
  },
): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), "fleche-torture-"));
  try {
    const roots = {
      values: join(directory, "values"),
      calls: join(directory, "calls"),
      aside: join(directory, "aside"),
    };
    mkdirSync(roots.aside);
    await using cache = new Cache({
      values: subject.values(roots.values),
      calls: new CborFile({ root: roots.calls }),
    });
    const patient = new Patient(kind, cache);
    await patient.call(1);
    const [path = ""] = entriesBelow(roots[part]);
    await patient.call(2);
    const entry = entriesBelow(roots[part]).find((other) => other !== path) ?? path;
    const all: Damage[] = damagesWithin(statSync(path).size, places);
    // Where both calls have one value, there is no other entry.
    if (entry !== path) all.push(...replacements({ entry, aside: roots.aside }));
    for (const { name, inflict } of all) {
      const whole = readFileSync(path);
      inflict(path);
      // Records are longer or shorter by the time in them: nothing may stand at that place.
      if (lstatSync(path, { throwIfNoEntry: false })?.isFile() && whole.equals(readFileSync(path))) continue;
      const harm = await patient.harm(1, { isDamaged: true });
      const other = entry === path ? {} : await patient.harm(2, { isDamaged: false });
      const setAside = readdirSync(join(roots[part], "v1"), { withFileTypes: true })
        .filter((entry) => entry.name === "quarantine")
        .flatMap((entry) => readdirSync(join(entry.parentPath, entry.name)));
      const failed = [...harm.failed ?? [], ...other.failed ?? []];
      if (setAside.length > 32) failed.push(`${setAside.length} entries are set aside`);
      count.add(`${subject.name}, ${kind.name}, ${part}: ${name}`, {
        wrong: [...harm.wrong ?? [], ...other.wrong ?? []],
        failed,
      });
    }
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

async function run(subject: Subject, { size }: CampaignOptions): Promise<Tally> {
  const count = new Count();
  // The storages warn of damage, once each.
  await warningsOf(async () => {
    for (const kind of subject.kinds) {
      for (const part of ["values", "calls"] as const) {
        await torment(subject, { kind, part, count, places: PLACES[size] });
      }
    }
  });
  return count.tally();
}

export const campaigns: readonly Campaign[] = subjects.map((subject) => ({
  name: `damaged files of ${subject.name}`,
  run: (options) => run(subject, options),
}));
