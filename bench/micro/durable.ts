/**
 * What `durability = "full"` costs: a put into the storage of files beside the least that must be done for it, bare calls
 * that write a file, sync it, rename it and sync the folder. In a folder of entries that is there, and in a new one.
 *
 * @module
 */
import { createHash } from "node:crypto";
import fs from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { CborFile } from "../../mod.ts";
import type { Group } from "../harness/figures.ts";
import { measure } from "../harness/measure.ts";
import { handOver } from "../harness/report.ts";

/** Bounds how many files and folders are left behind. */
const options = { maxBatch: 40 };

const [, , , parent = tmpdir()] = process.argv;

function syncFolder(path: string): void {
  const fd = fs.openSync(path, "r");
  fs.fsyncSync(fd);
  fs.closeSync(fd);
}

/** The floor: one file, on disk with its name when it is done. With its checksum before that, where `isHashed`. */
function writeBare(root: string, path: string, bytes: Uint8Array, isHashed = false): void {
  const temporary = join(root, "tmp");
  const fd = fs.openSync(temporary, "wx");
  fs.writeSync(fd, bytes);
  if (isHashed) fs.writeSync(fd, createHash("sha256").update(bytes).digest());
  fs.fsyncSync(fd);
  fs.closeSync(fd);
  fs.renameSync(temporary, path);
  syncFolder(join(path, ".."));
}

/** The i-th of 65536 folders, in an order that goes through all of the first level. */
function folderOf(i: number): readonly [outer: string, inner: string] {
  const digits = ((i * 257) % 65_536).toString(16).padStart(4, "0");
  return [digits.slice(2), digits.slice(0, 2)];
}

async function puts(
  id: string,
  title: string,
  job: { readonly size: number; readonly isNewFolder: boolean },
): Promise<Group> {
  const { size, isNewFolder } = job;
  const root = fs.mkdtempSync(join(parent, "fleche-bench-"));
  const floor = join(root, "floor");
  const folder = join(floor, "aa", "bb");
  fs.mkdirSync(folder, { recursive: true });
  // All of the first level: it is there soon.
  for (let i = 0; i < 256; i++) fs.mkdirSync(join(floor, folderOf(i)[0]), { recursive: true });
  const full = new CborFile({ root: join(root, "full"), durability: "full" });
  const bytes = crypto.getRandomValues(new Uint8Array(1024));
  const body = new Uint8Array(size);
  for (let at = 0; at < size; at += bytes.length) body.set(bytes, at);
  const key = (i: number): string => {
    const tail = i.toString(16).padStart(60, "0");
    return `${isNewFolder ? folderOf(i).join("") : "aabb"}${tail}`;
  };
  for (let i = 0; i < 256 && isNewFolder; i++) await full.put(`${folderOf(i)[0]}ff${key(i).slice(4)}`, body);
  try {
    return await measure({ id, title, reference: "bare" }, [
      {
        id: "bare",
        label: `bare ${isNewFolder ? "mkdir + " : ""}write + fsync + rename + fsync of the folder${
          isNewFolder ? " and of the one above" : ""
        }`,
        note: "floor: nothing hashed or checked",
        sync: true,
        call(i) {
          if (!isNewFolder) return writeBare(floor, join(folder, String(i)), body);
          const [outer, inner] = folderOf(i);
          const above = join(floor, outer);
          fs.mkdirSync(join(above, inner));
          writeBare(floor, join(above, inner, String(i)), body);
          syncFolder(above);
        },
      },
      ...(isNewFolder ? [] : [{
        id: "bare-sha256",
        label: "the same with SHA-256",
        note: "floor: hashed, nothing else",
        sync: true,
        call: (i: number) => writeBare(floor, join(folder, `${i}.hashed`), body, true),
      }]),
      { id: "fleche", label: "fleche CborFile, durability full", call: (i) => full.put(key(i), body) },
    ], options);
  } finally {
    fs.rmSync(root, { recursive: true });
  }
}

handOver([
  await puts("durable/1kib", "Durable put of 1 KiB", { size: 1024, isNewFolder: false }),
  await puts("durable/1mib", "Durable put of 1 MiB", { size: 2 ** 20, isNewFolder: false }),
  await puts("durable/new-folder", "Durable put of 1 KiB, into a new folder", {
    size: 1024,
    isNewFolder: true,
  }),
]);
