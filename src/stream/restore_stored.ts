/**
 * From what is kept of a streamed result to the result.
 *
 * @module
 */

import { IntegrityError } from "../errors.ts";
import { readSequence } from "../codec/cbor/cbor_sequence.ts";
import type { StoredBody } from "../storage/types.ts";
import { restore } from "./restore.ts";
import { storedBlob } from "./stored_blob.ts";
import { codecNameOf, formFromData } from "./stream_form.ts";
import { abortable, signalsOf } from "./signals.ts";
import type { Feed, StreamOutcome, StreamReading, StreamWatch } from "./types.ts";

/**
 * Makes a streamed result of its stored body, which is opened, and of which little more is read than its reader asks for.
 *
 * @param head The form and the codec as the record has them.
 * @returns `undefined` when the form is not known here, or the codec is not that of the form.
 * @throws {IntegrityError} (rejects) When the body is gone, or its beginning or a small Blob is damaged.
 */
export async function restoreStored(
  head: { readonly form?: unknown; readonly codec?: unknown },
  body: StoredBody,
  reading?: StreamReading,
): Promise<object | undefined> {
  const form = formFromData(head.form);
  // A record that does not agree with itself would make something else of the bytes.
  if (form === undefined || codecNameOf(form) !== head.codec) return undefined;
  if (form.kind === "blob" || form.kind === "file") {
    return body.size === undefined ? undefined : await storedBlob(form, body.size, body);
  }
  const isSequence = codecNameOf(form) === "cbor-sequence";
  const { watch, args = [] } = reading ?? {};
  const bytes = await byteFeed(body, watch);
  const feed = isSequence ? itemFeed(bytes) : bytes;
  return await restore(form, abortable(feed, signalsOf(args)));
}

/**
 * Opens the body, and not only when somebody reads: what is removed or replaced in between is still given to its end. A body that
 * is gone already is a miss that way, and no error in the hands of a reader.
 *
 * @throws {IntegrityError} (rejects) When it is gone, or damaged at its beginning.
 */
async function byteFeed(body: StoredBody, watch: StreamWatch | undefined): Promise<Feed> {
  let reader: ReadableStreamDefaultReader<Uint8Array<ArrayBuffer>> | undefined = body.stream().getReader();
  let first: ReadableStreamReadResult<Uint8Array<ArrayBuffer>> | undefined;
  try {
    first = await reader.read();
  } catch (error) {
    if (error instanceof IntegrityError) throw error;
    // As when too many files are open: when it is read there may be fewer.
    reader = undefined;
  }
  let bytes = 0;
  let isOver = false;
  const end = (outcome: StreamOutcome): void => {
    if (!isOver) watch?.onEnd(outcome);
    isOver = true;
  };
  return {
    async next() {
      try {
        const { done, value } = first ?? await (reader ??= body.stream().getReader()).read();
        first = undefined;
        if (done) {
          end("complete");
          return { done, value };
        }
        watch?.onBytes(bytes += value.length, body.size);
        return { done, value };
      } catch (error) {
        end("failed");
        throw error;
      }
    },
    async close(reason) {
      end("cancelled");
      await (reader ??= body.stream().getReader()).cancel(reason);
    },
  };
}

function itemFeed(bytes: Feed): Feed {
  const items = readSequence(async () => (await bytes.next()).value as Uint8Array | undefined);
  let isOver = false;
  return {
    async next() {
      const over: IteratorResult<unknown> = { done: true, value: undefined };
      if (isOver) return over;
      try {
        return await items.next();
      } catch (error) {
        // Who has closed meanwhile has cut off the item that was being read.
        if (isOver) return over;
        await bytes.close(error);
        throw error;
      }
    },
    async close(reason) {
      isOver = true;
      await bytes.close(reason);
    },
  };
}
