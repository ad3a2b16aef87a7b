/**
 * A result that is a stream, on its way to its caller: what comes back is the same kind of stream, and is kept while it is
 * read.
 *
 * @module
 */

import { entryOpener, finishStream, type KeptStream, recordStream } from "../cache/keep_stream.ts";
import type { Description, Kept } from "../cache/keep.ts";
import type { Call } from "../call/record.ts";
import { readSequence } from "../codec/cbor/cbor_sequence.ts";
import type { Cache } from "../cache/cache.ts";
import { isolateScopes } from "../scope/active.ts";
import type { Draft } from "../storage/types.ts";
import { Recording } from "../stream/recording.ts";
import { restore } from "../stream/restore.ts";
import { codecNameOf } from "../stream/stream_form.ts";
import { openStream, type StreamResult } from "../stream/open_stream.ts";
import type { StreamOptions, StreamWatch } from "../stream/types.ts";
import type { Flight } from "./flights.ts";

/** What is kept of a stream, and who is told. */
export interface RecordedCall extends StreamOptions {
  /** Where. */
  readonly cache: Cache;
  /** The call. */
  readonly call: Call;
  /** Its execution, which others may have joined. */
  readonly flight: Flight | undefined;
  /** Told how it goes. */
  readonly watch: StreamWatch | undefined;
  /** What else the record says, asked for at the end of the stream. */
  describe(): Promise<Description>;
  /** Told what is kept, when it is. */
  kept(kept: Kept): void;
  /** Told why the result is not kept. */
  unkept(error: unknown): void;
}

/**
 * Begins to keep a stream.
 *
 * @param result A stream, as `isStream` has it; read from here on by nobody else.
 * @throws {TypeError} (rejects) When it cannot be kept; the result has not been touched then.
 */
export async function recordResult(result: object, recorded: RecordedCall): Promise<object> {
  const { cache, call, flight, watch, onCancel = "abort", spool = false } = recorded;
  const draft = await cache.values.draft?.();
  if (draft === undefined) throw new TypeError("its values storage takes no streams");
  const { source, form } = await openOrAbandon(result, draft);
  let kept: KeptStream | undefined;
  const recording = new Recording(source, draft, {
    decode: codecNameOf(form) === "cbor-sequence" ? readSequence : undefined,
    onCancel,
    spool,
    async finish(draft) {
      kept = await finishStream(draft, form);
      return entryOpener(cache, kept);
    },
    async record() {
      if (kept === undefined) return;
      await recordStream(cache, call, kept, await recorded.describe());
      recorded.kept(kept);
    },
    unkept: recorded.unkept,
    onBytes: (bytes) => watch?.onBytes(bytes, undefined),
    onEnd(outcome) {
      flight?.land("kept");
      watch?.onEnd(outcome);
    },
  });
  const feed = recording.read();
  flight?.share(recording, form);
  isolateScopes(() => void recording.run());
  return await restore(form, feed);
}

async function openOrAbandon(result: object, draft: Draft): Promise<StreamResult> {
  try {
    const stream = await openStream(result);
    if (stream !== undefined) return stream;
    throw new TypeError("somebody reads its body already, or there is none that could be made again");
  } catch (error) {
    await draft.abandon();
    throw error;
  }
}
