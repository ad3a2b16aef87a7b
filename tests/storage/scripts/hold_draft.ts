/**
 * Begins a draft of some MiB and ends, waits to be killed, or writes until the disk refuses:
 * `hold_draft.ts end|wait|fill ROOT`.
 */
import process from "node:process";
import { CborFile } from "../../../src/storage/cbor_file.ts";
import { noise } from "../file/_entries.ts";

const [task, root = ""] = process.argv.slice(2);
const MIB = 1024 * 1024;
const storage = new CborFile({ root });
const draft = await storage.draft();

async function fill(): Promise<string> {
  const failures: unknown[] = [];
  for (let turn = 0; turn < 200 && failures.length < 3; turn++) {
    try {
      await draft.write(noise(MIB / 2, turn + 1));
    } catch (error) {
      failures.push(String(error));
    }
  }
  const { size } = draft;
  for (let at = 0; at < size;) {
    const some = await draft.read(at);
    for (const [index, byte] of some.entries()) {
      const turn = Math.floor((at + index) / (MIB / 2));
      // Only some bytes: to compare all of them with noise made anew would take long.
      if ((at + index) % (MIB / 2) === 7 && byte !== noise(8, turn + 1)[7]) {
        return `wrong byte at ${at + index}`;
      }
    }
    at += some.length;
  }
  const refused = await draft.finish("key").then(() => "finished", String);
  await draft.abandon();
  return JSON.stringify({
    failures,
    refused,
    sizeMib: size / MIB,
    keys: await Array.fromAsync(storage.keys()),
  });
}

if (task === "fill") {
  process.stdout.write(await fill());
} else {
  await draft.write(noise(3 * MIB));
  await draft.read(0);
  process.stdout.write("written\n");
  if (task === "wait") setInterval(() => {}, 1000);
}
