/**
 * Lists the keys of a file storage from the names of its files, shard by shard.
 *
 * @module
 */

import { isMissing, nodeFs, openForReading } from "./_fs.ts";
import { isDigest, isHashedName, keyOfBytes, keyOfName, OTHER_FOLDER, placeOf } from "./_layout.ts";
import { FOOTER_SIZE, parseFooter } from "./_trailer.ts";

const SHARD = /^[0-9a-f]{2}$/;

/** The keys below a version folder that begin with `prefix`. Memory holds the names of one shard at a time. */
export async function* listKeys(base: string, suffix: string, prefix: string): AsyncIterable<string> {
  for (const parent of [base, `${base}/${OTHER_FOLDER}`]) {
    // Where the names of shards are the beginning of the keys, a prefix leads straight to its shard.
    const start = parent === base ? prefix : "";
    for (const outer of await shardsOf(parent, start.slice(0, 2))) {
      for (const inner of await shardsOf(`${parent}/${outer}`, start.slice(2, 4))) {
        const shard = `${parent}/${outer}/${inner}`;
        for (const name of namesIn(shard)) {
          const key = keyIn(shard, name, suffix);
          if (key === undefined || !key.startsWith(prefix)) continue;
          // A file in the wrong place is not found by its key.
          const { folder } = placeOf(key);
          if (shard === `${base}/${folder}`) yield key;
        }
      }
    }
  }
}

/** Asynchronous, so that a long listing lets others have their turn once in 256 shards. */
async function shardsOf(folder: string, start: string): Promise<string[]> {
  try {
    const names = await new Promise<string[]>((resolve, reject) =>
      nodeFs().readdir(folder, (error, found) => error === null ? resolve(found) : reject(error))
    );
    return names.filter((name) => SHARD.test(name) && name.startsWith(start));
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}

function namesIn(shard: string): string[] {
  try {
    return nodeFs().readdirSync(shard, { withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => entry.name);
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}

/** The key of a file in a shard; `undefined` where it is no entry with this suffix. */
export function keyIn(shard: string, file: string, suffix: string): string | undefined {
  if (!file.endsWith(suffix)) return undefined;
  const name = file.slice(0, file.length - suffix.length);
  if (isDigest(name)) return name;
  if (!isHashedName(name)) return keyOfName(name);
  const key = keptKey(`${shard}/${file}`);
  return key !== undefined && placeOf(key).name === name ? key : undefined;
}

/** The key that an entry keeps in its trailer; whether it is the right one, its name tells. */
function keptKey(path: string): string | undefined {
  const fs = nodeFs();
  let fd: number | undefined;
  try {
    fd = openForReading(path);
    const { size } = fs.fstatSync(fd);
    const end = new Uint8Array(FOOTER_SIZE);
    if (fs.readSync(fd, end, 0, FOOTER_SIZE, size - FOOTER_SIZE) < FOOTER_SIZE) return undefined;
    const footer = parseFooter(new DataView(end.buffer), 0, size);
    if (typeof footer === "string") return undefined;
    const key = new Uint8Array(footer.keptKeySize);
    fs.readSync(fd, key, 0, key.length, size - FOOTER_SIZE - key.length);
    return keyOfBytes(key);
  } catch {
    return undefined; // Gone meanwhile, or no file: not an entry.
  } finally {
    if (fd !== undefined) fs.closeSync(fd);
  }
}
