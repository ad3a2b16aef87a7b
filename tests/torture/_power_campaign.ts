/**
 * Loss of power: the scenario runs once and is recorded; then, for each moment of it, states of the disk are made that the
 * death of the machine could leave, with what was not synced dropped, kept, torn or out of order, and each is read.
 *
 * Under `"full"` all that a call had returned as kept must be there, and nothing is damaged. Under `"process"` what is there
 * is whole, or found to be damaged and computed again.
 */
import fs from "node:fs";
import type { Durability } from "../../src/storage/types.ts";
import { random } from "../_random.ts";
import { warningsOf } from "../_warnings.ts";
import { type TorturedCache, torturedCache } from "./_caches.ts";
import { type Campaign, Count, type Tally } from "./_campaign.ts";
import { checkCache } from "./_check.ts";
import { type Bytes, Disk, type Luck } from "./_disk.ts";
import { installFaults } from "./_faults.ts";
import { withFolder } from "./_processes.ts";
import { functionsOver, STEPS, takeStep } from "./_scenario.ts";
import { setUp } from "./_setup.ts";

/** The extremes, and chance. */
function lucks(next: () => number): Luck[] {
  const all: readonly Bytes[] = ["kept", "dropped", "zeros", "torn", "cut"];
  const byChance = (): Luck => ({
    bytes: () => all[Math.floor(next() * all.length)] ?? "torn",
    changes: (count) => Math.floor(next() * (count + 1)),
    next,
  });
  return [
    { bytes: () => "kept", changes: (count) => count, next },
    { bytes: () => "dropped", changes: () => 0, next },
    // Names without their bytes: what a missing sync of the file shows.
    { bytes: () => "dropped", changes: (count) => count, next },
    { bytes: () => "torn", changes: (count) => count, next },
    { bytes: () => "zeros", changes: (count) => count, next },
    // Bytes without their names: what a missing sync of the folder shows.
    { bytes: () => "kept", changes: () => 0, next },
    byChance(),
    byChance(),
    byChance(),
  ];
}

async function record(tortured: TorturedCache, root: string, durability: Durability): Promise<Disk> {
  const disk = new Disk(root);
  const remove = await installFaults(tortured, root, disk);
  await warningsOf(async () => {
    const cache = tortured.open(root, durability);
    const generation = { now: 0 };
    const functions = functionsOver(cache, { generation });
    for (const step of STEPS) {
      if (!await takeStep(cache, functions, generation, step)) throw new Error(`Cannot do ${step.call}`);
      disk.step();
    }
    await cache[Symbol.asyncDispose]();
  });
  remove();
  return disk;
}

function powerCampaign(
  durability: Durability,
  names: { readonly full: readonly string[]; readonly short: readonly string[] },
): Campaign {
  return {
    name: `loss of power at every moment, durability "${durability}"`,
    run: ({ size, seed }) =>
      withFolder(async (folder): Promise<Tally> => {
        const count = new Count();
        const next = random(seed);
        // With folders that are on the disk already, and without any.
        for (const [name, isNew] of names[size].flatMap((each) => [[each, false], [each, true]] as const)) {
          const tortured = torturedCache(name);
          const root = `${folder}/recorded`;
          fs.mkdirSync(root);
          if (!isNew) await setUp(tortured, root);
          const disk = await record(tortured, root, durability);
          for (let moment = 0; moment <= disk.length; moment++) {
            const states = [...lucks(next).entries()];
            const share = size === "short"
              ? 24 / disk.length / states.length
              : name === "CborFile"
              ? 1
              : 1 / 16;
            const chosen = states.filter(() => next() < share);
            for (const [index, luck] of chosen) {
              const left = `${folder}/left`;
              disk.materialise(moment, left, luck);
              const harm = await checkCache(tortured, left, {
                done: disk.stepsAt(moment),
                mayBeDamaged: durability === "process",
                mayBeLost: durability === "process",
              });
              const where = isNew ? "a new folder" : "a folder";
              count.add(`${name} in ${where}, "${durability}", moment ${moment}, state ${index}`, harm);
              fs.rmSync(left, { recursive: true });
            }
          }
          fs.rmSync(root, { recursive: true });
        }
        return count.tally();
      }),
  };
}

const FILES = [
  "CborFile",
  "PickleFile",
  "CloudpickleFile",
  "DillFile",
  "BagOfHoldingH5File",
  "gzip around CborFile",
  "zstd around gzip around CborFile",
];

/** These. */
export const campaigns: readonly Campaign[] = [
  powerCampaign("process", { full: FILES, short: ["CborFile"] }),
  powerCampaign("full", { full: FILES, short: ["CborFile"] }),
];
