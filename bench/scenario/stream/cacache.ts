/** cacache, npm's store: its stream is written to while the caller reads. @module */
import { once } from "node:events";
import { load } from "../../harness/load.ts";
import type { Bytes, StreamContestant } from "./contract.ts";
import type { Source } from "./source.ts";

interface Sink extends NodeJS.EventEmitter {
  write(chunk: Uint8Array): boolean;
  end(): void;
  resume(): void;
  promise(): Promise<void>;
}
interface Cacache {
  readonly get: { stream(directory: string, key: string): Bytes };
  readonly put: { stream(directory: string, key: string): Sink };
}
interface CacacheModule {
  default: Cacache;
}

async function* through(source: Source, sink: Sink): AsyncGenerator<Uint8Array> {
  const kept = sink.promise();
  sink.resume();
  for await (const chunk of source()) {
    if (!sink.write(chunk)) await once(sink, "drain");
    yield chunk;
  }
  sink.end();
  await kept;
}

/** cacache. */
export const cacache: StreamContestant = {
  id: "cacache",
  label: "cacache",
  note: "SHA-512, checked at the end of what was delivered",
  async open(directory: string, source: Source) {
    const { default: store } = await load<CacacheModule>("cacache");
    return {
      miss: () => Promise.resolve(through(source, store.put.stream(directory, "download"))),
      hit: () => Promise.resolve(store.get.stream(directory, "download")),
      close: () => Promise.resolve(),
    };
  },
};
