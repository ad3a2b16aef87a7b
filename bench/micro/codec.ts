/**
 * What it takes to make bytes of a value and a value of bytes, all in memory, and how many bytes: a small object,
 * 10,000 records, 100 MB of floats. Each round trip is checked once before it is timed.
 *
 * @module
 */
import type { Absent, CodecContestant, CodecInput, Job, Jobs } from "../codecs/contract.ts";
import { codecs } from "../codecs/mod.ts";
import type { Group } from "../harness/figures.ts";
import { floats, query, rows } from "../harness/inputs.ts";
import { type Contestant, measure, type MeasureOptions } from "../harness/measure.ts";
import { handOver } from "../harness/report.ts";

interface Measured {
  readonly input: CodecInput;
  /** The contestant that ratios refer to. */
  readonly reference: string;
  readonly options?: MeasureOptions;
}

const FLOATS_BYTES = 100e6;

/** A slow codec gets a few rounds, not thirty. What one leaves behind is collected before the next one's turn. */
const measured: readonly Measured[] = [
  {
    input: {
      name: "object",
      label: "{id, name, tags[3], nested}",
      values: Array.from({ length: 100 }, (_, i) => query(i)),
      large: false,
    },
    reference: "json",
  },
  {
    input: { name: "rows", label: "10,000 records", values: [rows(10_000)], large: true },
    reference: "json",
    options: { batchMs: 30, budgetMs: 3000, collect: "batch" },
  },
  {
    input: {
      name: "floats",
      label: "100 MB of Float64",
      values: [floats(FLOATS_BYTES)],
      large: true,
      inputBytes: FLOATS_BYTES,
    },
    reference: "copy",
    options: { rounds: 15, batchMs: 1, budgetMs: 3000, collect: "batch" },
  },
];

type Opened = Pick<CodecContestant, "id" | "label" | "note"> & Jobs;

async function codec({ input, reference, options }: Measured): Promise<readonly Group[]> {
  const opened: Opened[] = [];
  const absent: Group["absent"][number][] = [];
  try {
    for (const { id, label, note, only, open } of codecs) {
      if (only !== undefined && !only.includes(input.name)) continue;
      const jobs: Jobs | Absent = await open(input);
      if ("absent" in jobs) absent.push({ id, label, reason: jobs.absent });
      else opened.push({ id, label, ...(note === undefined ? {} : { note }), ...jobs });
    }
    const contestant = (
      { id, label, note }: Opened,
      job: Job | undefined,
      sizeBytes?: number,
    ): Contestant[] =>
      job === undefined ? [] : [{
        id,
        label,
        ...(note === undefined ? {} : { note }),
        ...job,
        ...(sizeBytes === undefined ? {} : { sizeBytes }),
      }];
    const group = async (direction: string, contestants: readonly Contestant[]) =>
      await measure(
        {
          id: `codec/${direction}-${input.name}`,
          title: `${direction === "encode" ? "Encode" : "Decode"} ${input.label}`,
          reference,
          absent,
          ...(input.inputBytes === undefined ? {} : { inputBytes: input.inputBytes }),
        },
        contestants,
        options,
      );
    return [
      await group("encode", opened.flatMap((own) => contestant(own, own.encode, own.sizeBytes))),
      await group(
        "decode",
        opened.flatMap((own) => [
          ...contestant(own, own.decode),
          ...contestant(
            { ...own, id: `${own.id}-stream`, label: `${own.label}, from a stream` },
            own.decodeStream,
          ),
        ]),
      ),
    ];
  } finally {
    for (const { close } of opened) close?.();
  }
}

const groups: Group[] = [];
for (const one of measured) groups.push(...await codec(one));
handOver(groups);
