/**
 * From a form and a feed to the result that a caller gets: the same on a miss and on a hit.
 *
 * @module
 */

import { closeWhenDropped } from "../_dropped.ts";
import { pulledStream } from "../storage/pulled_stream.ts";
import { ItemIterator } from "./item_iterator.ts";
import type { FedForm, Feed } from "./types.ts";

/** Makes a streamed result. */
export async function restore(form: FedForm, feed: Feed): Promise<object> {
  switch (form.kind) {
    case "bytes":
      return byteStream(feed);
    case "items":
      return itemStream(feed);
    case "iterable": {
      const iterator = new ItemIterator(feed);
      closeWhenDropped(iterator, () => feed.close());
      return iterator;
    }
    case "response": {
      const { status, statusText, headers, hasBody } = form;
      // Nobody else would read it to its end, which is when the result is kept.
      if (!hasBody) await feed.next();
      return new Response(hasBody ? byteStream(feed) : null, {
        status,
        statusText,
        headers: headers.map(([name, value]): [string, string] => [name, value]),
      });
    }
  }
}

function byteStream(feed: Feed): ReadableStream<Uint8Array<ArrayBuffer>> {
  return pulledStream({
    async next() {
      const { done, value } = await feed.next();
      return done ? undefined : value as Uint8Array<ArrayBuffer>;
    },
    close: (reason) => feed.close(reason),
  });
}

function itemStream(feed: Feed): ReadableStream<unknown> {
  const stream = new ReadableStream<unknown>({
    async pull(controller) {
      const { done, value } = await feed.next();
      if (done) controller.close();
      else controller.enqueue(value);
    },
    cancel: (reason) => feed.close(reason),
  }, { highWaterMark: 0 });
  closeWhenDropped(stream, () => feed.close());
  return stream;
}
