/** What is left when a streamed result ends, however it ends: no handle, no temporary file, no unhandled rejection, no warning. */
import assert from "node:assert/strict";
import { existsSync, readdirSync, readlinkSync } from "node:fs";
import process from "node:process";
import test from "node:test";
import { Cache, CborFile, fleche } from "../../mod.ts";
import { collectGarbage } from "../_garbage.ts";
import { withTemporaryDirectory } from "../_temporary.ts";
import { warningsOf } from "../_warnings.ts";
import { filesBelow, noise } from "../storage/file/_entries.ts";

const MIB = 1024 * 1024;
/** Beyond what is held in memory before there is a temporary file, and beyond what a hit reads ahead. */
const chunks = Array.from({ length: 12 }, (_, at) => noise(MIB / 2, at + 1));

type Result = ReadableStream<unknown> | AsyncGenerator<unknown> | Response;
type Kind = "bytes" | "item stream" | "generator" | "response";

/** What a function of that kind returns; `fails` has it fail near its end. */
function make(kind: Kind, fails: boolean): Result {
  async function* generate(): AsyncGenerator<unknown> {
    for (const [at, chunk] of chunks.entries()) {
      if (fails && at === 10) throw new RangeError("the source failed");
      yield await Promise.resolve(kind === "bytes" || kind === "response" ? chunk.slice() : { at, chunk });
    }
  }
  if (kind === "generator") return generate();
  const stream = ReadableStream.from(generate());
  return kind === "response" ? new Response(stream as ReadableStream<Uint8Array<ArrayBuffer>>) : stream;
}

const streamOf = (result: Result): AsyncIterable<unknown> =>
  result instanceof Response ? result.body ?? assert.fail() : result;

/** The ways in which a reader's part can end. Each leaves the result in nobody's hands. */
const ends: Record<string, (result: Result) => Promise<void>> = {
  "read to its end": async (result) => void await Array.fromAsync(streamOf(result)),
  "left unread and cancelled": async (result) => {
    const stream = streamOf(result);
    if (stream instanceof ReadableStream) await stream.cancel("unread");
    else await (stream as AsyncGenerator<unknown>).return(undefined);
  },
  "left half read": async (result) => {
    let count = 0;
    for await (const _ of streamOf(result)) if (++count === 4) break;
  },
  "left by an exception": async (result) => {
    let count = 0;
    await assert.rejects(async () => {
      for await (const _ of streamOf(result)) if (++count === 4) throw new SyntaxError("mine");
    }, /mine/);
  },
  "thrown into": async (result) => {
    const stream = streamOf(result);
    if (stream instanceof ReadableStream) return await stream.cancel(new SyntaxError("mine"));
    const generator = stream as AsyncGenerator<unknown>;
    await generator.next();
    await assert.rejects(generator.throw(new SyntaxError("mine")), /mine/);
  },
  "cancelled while it is read": async (result) => {
    const stream = streamOf(result);
    if (stream instanceof ReadableStream) {
      const reader = stream.getReader();
      const reading = [reader.read(), reader.read(), reader.read()];
      await reader.cancel();
      await Promise.all(reading);
    } else {
      const generator = stream as AsyncGenerator<unknown>;
      const reading = [generator.next(), generator.next(), generator.next()];
      await generator.return(undefined);
      await Promise.all(reading);
    }
  },
  "piped into what breaks": async (result) => {
    let count = 0;
    const broken = new WritableStream({
      write() {
        if (++count === 4) throw new SyntaxError("broken pipe");
      },
    });
    const stream = streamOf(result);
    const readable = stream instanceof ReadableStream ? stream : ReadableStream.from(stream);
    await assert.rejects(readable.pipeTo(broken), /broken pipe/);
  },
  "dropped unread": async () => {},
  "dropped half read": async (result) => {
    const iterator = streamOf(result)[Symbol.asyncIterator]();
    await iterator.next();
    await iterator.next();
  },
};

function openBelow(directory: string): string[] {
  if (!existsSync("/proc/self/fd")) return [];
  return readdirSync("/proc/self/fd").flatMap((fd) => {
    try {
      const target = readlinkSync(`/proc/self/fd/${fd}`);
      return target.startsWith(directory) ? [target] : [];
    } catch {
      return [];
    }
  });
}

const isEntry = (name: string): boolean => /(\.cbor|CACHEDIR\.TAG)$/.test(name);

/** Runs a body; nothing may be rejected unheard, warned of, left open or left on disk. */
async function assertNothingLeft(body: (root: string) => Promise<void>): Promise<void> {
  const unhandled: unknown[] = [];
  const onUnhandled = (reason: unknown): void => void unhandled.push(reason);
  const warned: unknown[] = [];
  const onWarning = (warning: unknown): void => void warned.push(warning);
  process.on("unhandledRejection", onUnhandled);
  process.on("warning", onWarning);
  try {
    await withTemporaryDirectory(async (root) => {
      assert.deepEqual(await warningsOf(() => body(root)), []);
      const others = () => filesBelow(root).filter((name) => !isEntry(name));
      // Bun's collector is conservative: it may keep what was dropped last.
      for (let turn = 0; turn < 40 && openBelow(root).length + others().length > 0; turn++) {
        await collectGarbage();
      }
      assert.deepEqual([openBelow(root), others()], [[], []], "left behind");
    });
    await collectGarbage();
    assert.deepEqual([unhandled, warned], [[], []]);
  } finally {
    process.off("unhandledRejection", onUnhandled);
    process.off("warning", onWarning);
  }
}

for (const kind of ["bytes", "item stream", "generator", "response"] as const) {
  for (const from of ["function", "cache", "failing function"] as const) {
    test(
      `a ${kind} from the ${from} leaves nothing behind, however its reading ends`,
      { timeout: 120_000 },
      () =>
        assertNothingLeft(async (root) => {
          for (const stream of [{}, { spool: true }, { onCancel: "finish" }] as const) {
            for (const [name, end] of Object.entries(ends)) {
              const cache = new Cache({
                values: new CborFile({ root: `${root}/values` }),
                calls: new CborFile({ root: `${root}/calls` }),
              });
              const f = fleche((_: string) => make(kind, from === "failing function"), {
                name: `${kind} ${from}`,
                cache,
                stream,
              });
              const id = `${name} ${JSON.stringify(stream)}`;
              if (from === "cache") await ends["read to its end"]?.(await f(id) as Result);
              const reading = async () => await end(await f(id) as Result);
              const isRead = !/unread|half|exception|thrown|cancelled|breaks/.test(name);
              if (from === "failing function" && isRead) {
                await assert.rejects(reading, /the source failed/, name);
              } else {
                await reading().catch((error) => {
                  // A source that runs ahead may have failed already.
                  if (from !== "failing function" || !/the source failed/.test(String(error))) throw error;
                });
              }
            }
          }
        }),
    );
  }
}

test(
  "followers that end in all the ways at once leave nothing behind",
  { timeout: 60_000 },
  () =>
    assertNothingLeft(async (root) => {
      const values = new CborFile({ root });
      for (const fails of [false, true]) {
        const f = fleche(() => make("generator", fails), {
          name: `followed ${fails}`,
          cache: new Cache({ values, calls: values }),
        });
        const outcomes = await Promise.allSettled(
          Object.entries(ends).filter(([name]) => !name.startsWith("dropped")).map(async ([, end]) =>
            await end(await f() as Result)
          ),
        );
        for (const outcome of outcomes) {
          if (outcome.status === "rejected" && !(fails && /the source failed/.test(String(outcome.reason)))) {
            throw outcome.reason;
          }
        }
      }
    }),
);

test("a signal that lives long holds no stream that has ended", async () => {
  const listeners = new Set<unknown>();
  const { signal } = new AbortController();
  const add = signal.addEventListener.bind(signal);
  const remove = signal.removeEventListener.bind(signal);
  Object.assign(signal, {
    addEventListener: (...args: Parameters<typeof add>) => (listeners.add(args[1]), add(...args)),
    removeEventListener: (...args: Parameters<typeof remove>) => (listeners.delete(args[1]), remove(...args)),
  });
  await assertNothingLeft(async (root) => {
    const values = new CborFile({ root });
    for (const fails of [false, true]) {
      const f = fleche((_?: AbortSignal) => make("generator", fails), {
        name: `long signal ${fails}`,
        cache: new Cache({ values, calls: values }),
        key: () => 1,
      });
      const streams = await Promise.all([f(), f(signal), f(signal), f(signal)]);
      assert.equal(listeners.size, 3);
      await (streams[3] as AsyncGenerator).return(undefined);
      const drained = streams.map(async (stream) => {
        for await (const _ of stream as AsyncGenerator);
      });
      await Promise.allSettled(drained);
      assert.equal(listeners.size, 0);
    }
  });
});
