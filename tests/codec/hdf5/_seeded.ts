/** Damaged files made from whole ones: the same on every run. */
import { checksum } from "../../../src/codec/hdf5/_checksum.ts";

/** A small seeded generator (mulberry32). */
export function seeded(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

interface Block {
  readonly start: number;
  /** Where its checksum stands. */
  readonly end: number;
}

/** The blocks of a file that end with a checksum of what is before it. */
function blocksOf(bytes: Uint8Array): Block[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const found: Block[] = [{ start: 0, end: 44 }];
  for (let start = 48; start + 16 < bytes.length; start++) {
    const signature = String.fromCharCode(...bytes.subarray(start, start + 4));
    if (!/^(?:OHDR|OCHK|BTHD|BTLF|BTIN|FRHP|FHIB)$/.test(signature)) continue;
    for (let end = start + 6; end + 4 <= Math.min(bytes.length, start + 4096); end++) {
      if (view.getUint32(end, true) !== checksum(bytes, start, end)) continue;
      found.push({ start, end });
      break;
    }
  }
  return found;
}

/** Makes the checksums of a damaged file right again, so that the damage gets further. */
function sumAgain(bytes: Uint8Array, blocks: readonly Block[]): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (const { start, end } of blocks) {
    if (end + 4 <= bytes.length) view.setUint32(end, checksum(bytes, start, end), true);
  }
}

/** Numbers that lengths and addresses should not be. */
const EXTREME = [0, 1, 0x7f, 0xff, 0x80, 0x10, 0xfe];

/** Files, damaged in one to three places; of each two, one has right checksums. */
export function* mutants(files: readonly Uint8Array[], count: number, seed: number): Generator<Uint8Array> {
  const random = seeded(seed);
  const blocks = files.map(blocksOf);
  for (let i = 0; i < count; i++) {
    const which = random(files.length);
    const file = files[which] ?? new Uint8Array();
    const own = blocks[which] ?? [];
    let bytes = file.slice();
    for (let changes = 1 + random(3); changes > 0; changes--) {
      // Most bytes of a file are room in its heap: damage to its blocks finds more.
      const block = own[random(own.length)] ?? { start: 0, end: 44 };
      const at = random(3) === 0 ? random(bytes.length) : block.start + random(block.end - block.start);
      switch (random(5)) {
        case 0:
          bytes[at] = (bytes[at] ?? 0) ^ (1 << random(8));
          break;
        case 1:
          bytes[at] = random(256);
          break;
        case 2:
          bytes.fill(EXTREME[random(EXTREME.length)] ?? 0, at, at + 1 + random(8));
          break;
        case 3: {
          const from = own[random(own.length)]?.start ?? 0;
          bytes.copyWithin(at, from, from + 1 + random(24));
          break;
        }
        default:
          if (random(8) === 0) bytes = bytes.slice(0, at);
          else bytes.copyWithin(at, at + random(8), at + 40);
      }
    }
    if (i % 2 === 0) sumAgain(bytes, own);
    yield bytes;
  }
}
