/**
 * From what is kept of a streamed result to the result.
 *
 * @module
 */

import { readSequence } from "../codec/cbor/cbor_sequence.ts";
import type { StoredBody } from "../storage/types.ts";
import { restore } from "./restore.ts";
import { storedBlob } from "./stored_blob.ts";
import { codecNameOf, formFromData } from "./stream_form.ts";
import { abortable, signalsOf } from "./signals.ts";
import type { Feed, StreamOutcome, StreamReading, StreamWatch } from "./types.ts";

/**
 * Makes a streamed result of its stored body, of which no more is read than its reader asks for.
 *
 * @param head The form and the codec as the record has them.
 * @returns `undefined` when the form is not known here, or the codec is not that of the form.
 * @throws {IntegrityError} (rejects) When a small Blob is damaged.
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
  const feed = isSequence ? itemFeed(body, watch) : byteFeed(body, watch);
  return await restore(form, abortable(feed, signalsOf(args)));
}

function byteFeed(body: StoredBody, watch: StreamWatch | undefined): Feed {
  let reader: ReadableStreamDefaultReader<Uint8Array<ArrayBuffer>> | undefined;
  let bytes = 0;
  let isOver = false;
  const end = (outcome: StreamOutcome): void => {
    if (!isOver) watch?.onEnd(outcome);
    isOver = true;
  };
  return {
    async next() {
      try {
        const { done, value } = await (reader ??= body.stream().getReader()).read();
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

function itemFeed(body: StoredBody, watch: StreamWatch | undefined): Feed {
  const bytes = byteFeed(body, watch);
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
