/** Damaged encodings, the same on every run. */
import { corpus } from "../_corpus.ts";
import { encodedWhole, seeded } from "./_streams.ts";

/** Bytes near to valid ones: values of the corpus with bytes changed, moved, cut out, put in or taken from another. */
export function* mutants(count: number, seed: number): Generator<Uint8Array> {
  const random = seeded(seed);
  const sources = Object.values(corpus()).map(encodedWhole).filter((bytes) => bytes.length < 600);
  for (let i = 0; i < count; i++) {
    const source = [...sources[random(sources.length)] ?? []];
    for (let changes = 1 + random(3); changes > 0; changes--) {
      const at = random(source.length + 1);
      switch (random(6)) {
        case 0:
          source[at] = (source[at] ?? 0) ^ (1 << random(8));
          break;
        case 1:
          source[at] = random(256);
          break;
        case 2:
          source.splice(at, 1 + random(4));
          break;
        case 3:
          source.splice(at, 0, ...source.slice(random(source.length + 1)).slice(0, 12));
          break;
        case 4:
          source.splice(at, 0, random(256));
          break;
        default:
          source.splice(at, random(12), ...(sources[random(sources.length)] ?? []).slice(0, 40));
      }
    }
    yield Uint8Array.from(source);
  }
}
