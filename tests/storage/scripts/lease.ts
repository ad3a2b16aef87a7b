/**
 * Takes leases, in a process of its own: `lease.ts end|hold|succeed|race file|sql PLACE`. All but `end` go on as lines
 * come in, and end with the input.
 */
import process from "node:process";
import { createInterface } from "node:readline";
import { openMedium } from "../_media.ts";

const [task, medium = "", place = ""] = process.argv.slice(2);
const { leases } = openMedium(medium, place);
const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
const print = (text: string) => process.stdout.write(`${text}\n`);

switch (task) {
  case "end":
    print(await leases.take("key") === undefined ? "refused" : "held");
    process.stdin.destroy();
    break;
  case "hold": {
    const lease = await leases.take("key");
    print(lease === undefined ? "refused" : "held");
    await lines.next();
    await lease?.release();
    print("released");
    await lines.next();
    break;
  }
  case "succeed":
    print("waiting");
    await leases.wait("key");
    print(await leases.take("key") === undefined ? "refused" : "held");
    await lines.next();
    break;
  case "race": {
    // Loaded and opened before the start.
    await leases.take(`own-${process.pid}`);
    print("ready");
    await lines.next();
    const given: string[] = [];
    for (let turn = 0; turn < 50; turn++) {
      const key = `key-${turn}`;
      if (await leases.take(key) !== undefined) given.push(key);
    }
    print(JSON.stringify(given));
    await lines.next();
  }
}
