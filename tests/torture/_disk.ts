/**
 * A disk that loses power: what was done to the files below a folder is recorded, and what a POSIX file system could have
 * left of it, had the machine died at some moment, is written to another folder.
 *
 * What was synced is there. Of a file's other bytes any may be there, be zeros, or be missing at the end. Of what was done in a
 * folder and not synced, the first so many changes are there; folders know nothing of each other, so that a file that was
 * moved may be in both, or in none.
 */
import fs from "node:fs";
import type { Operation, Watcher } from "./_fault_layer.ts";

type Change =
  /** A name in a folder: of a file, of a folder, or of nothing any more. */
  | { readonly folder: string; readonly name: string; readonly gives: number | "folder" | undefined }
  | { readonly file: number; readonly position: number; readonly data: Uint8Array }
  /** What was done before `upTo` to a file or in a folder stays. */
  | { readonly synced: number | string; readonly upTo: number }
  | "step";

/** How a file's bytes that were not synced come out. */
export type Bytes = "kept" | "dropped" | "zeros" | "torn" | "cut";

/** What decides about one state of the disk. */
export interface Luck {
  /** How the bytes of a file come out. */
  bytes(): Bytes;
  /** How many of `count` changes of a folder that were not synced are there. */
  changes(count: number): number;
  /** A number in [0, 1). */
  next(): number;
}

const folderOf = (path: string): string => path.slice(0, path.lastIndexOf("/"));
const nameOf = (path: string): string => path.slice(path.lastIndexOf("/") + 1);

/** Records; is what the file layer tells. */
export class Disk implements Watcher {
  readonly #root: string;
  readonly #log: Change[] = [];
  readonly #initial = new Map<number, Uint8Array>();
  readonly #names = new Map<string, Map<string, number | "folder">>();
  /** The files by their paths, now. */
  readonly #live = new Map<string, number>();
  readonly #open = new Map<number, { readonly file: number | string; end: number }>();
  /** Of a sync that is under way: how much it covers. */
  readonly #syncing = new Map<number, number>();
  readonly #made = new Set<string>();
  #files = 0;

  /** @param root What is there already is on the disk. */
  constructor(root: string) {
    this.#root = root;
    this.#take(root);
  }

  /** How many changes were recorded: a machine may die after each of them. */
  get length(): number {
    return this.#log.length;
  }

  /** Notes that a step was done. */
  step(): void {
    this.#log.push("step");
  }

  before(operation: Operation): undefined {
    const { at, name, path, to, fd, data, position } = operation;
    if (name === "write" && fd !== undefined && data !== undefined) {
      const open = this.#open.get(fd);
      if (open === undefined || typeof open.file === "string") {
        throw new Error(`Cannot tell what is written: ${path}`);
      }
      const start = position ?? open.end;
      open.end = start + data.length;
      this.#log.push({ file: open.file, position: start, data: data.slice() });
    }
    if (name === "fsync" || name === "fdatasync") this.#syncing.set(at, this.#log.length);
    if (name === "mkdir") this.#willMake(path);
    if (name === "link" || name === "symlink") throw new Error(`Cannot record ${name} ${path} ${to}`);
    return undefined;
  }

  after({ at, name, path, to = "", fd, flags }: Operation, result: unknown): void {
    if (name === "open") this.#opened(path, flags, Number(result));
    if (name === "fsync" || name === "fdatasync") {
      const synced = this.#open.get(fd ?? -1)?.file;
      if (synced !== undefined) this.#log.push({ synced, upTo: this.#syncing.get(at) ?? 0 });
    }
    const file = this.#live.get(path);
    if (file === undefined) return;
    if (name === "unlink" || name === "rm") {
      this.#live.delete(path);
      this.#name(path, undefined);
    }
    if (name !== "rename") return;
    this.#live.delete(path);
    this.#live.set(to, file);
    if (folderOf(path) === folderOf(to)) throw new Error(`Cannot record a rename within ${folderOf(path)}`);
    this.#name(to, file);
    this.#name(path, undefined);
  }

  /** How many steps were done before that many changes were made. */
  stepsAt(moment: number): number {
    return this.#log.slice(0, moment).filter((change) => change === "step").length;
  }

  /** Writes what is left when the machine dies after that many changes. */
  materialise(moment: number, target: string, luck: Luck): void {
    const log = this.#log.slice(0, moment);
    const stays = new Map<number | string, number>();
    for (const change of log) {
      if (change === "step" || !("synced" in change)) continue;
      stays.set(change.synced, Math.max(change.upTo, stays.get(change.synced) ?? 0));
    }
    const folders = new Map([...this.#names].map(([folder, names]) => [folder, new Map(names)]));
    const changes = new Map<string, { at: number; name: string; gives: number | "folder" | undefined }[]>();
    log.forEach((change, at) => {
      if (change === "step" || !("folder" in change)) return;
      const list = changes.get(change.folder) ?? [];
      changes.set(change.folder, list);
      list.push({ at, name: change.name, gives: change.gives });
    });
    for (const [folder, list] of changes) {
      const synced = list.filter(({ at }) => at < (stays.get(folder) ?? 0)).length;
      const names = folders.get(folder) ?? new Map<string, number | "folder">();
      folders.set(folder, names);
      for (const { name, gives } of list.slice(0, synced + luck.changes(list.length - synced))) {
        if (gives === undefined) names.delete(name);
        else names.set(name, gives);
      }
    }
    const write = (folder: string, to: string): void => {
      fs.mkdirSync(to, { recursive: true });
      for (const [name, gives] of folders.get(folder) ?? []) {
        if (gives === "folder") write(`${folder}/${name}`, `${to}/${name}`);
        else fs.writeFileSync(`${to}/${name}`, this.#bytesOf(gives, log, stays.get(gives) ?? 0, luck));
      }
    };
    write(this.#root, target);
  }

  #bytesOf(file: number, log: readonly Change[], stays: number, luck: Luck): Uint8Array {
    let bytes = this.#initial.get(file)?.slice() ?? new Uint8Array();
    const how = luck.bytes();
    const sector = luck.next() < 0.5 ? 512 : 4096;
    let syncedSize = bytes.length;
    log.forEach((change, at) => {
      if (change === "step" || !("file" in change) || change.file !== file) return;
      const { position, data } = change;
      const isSynced = at < stays;
      if (!isSynced && how === "dropped") return;
      const end = position + data.length;
      if (end > bytes.length) {
        const longer = new Uint8Array(end);
        longer.set(bytes);
        bytes = longer;
      }
      if (isSynced) syncedSize = Math.max(syncedSize, end);
      if (isSynced || how === "kept" || how === "cut") bytes.set(data, position);
      if (isSynced || how !== "torn") return;
      for (let from = position; from < end; from = (Math.floor(from / sector) + 1) * sector) {
        const until = Math.min((Math.floor(from / sector) + 1) * sector, end);
        if (luck.next() < 0.7) bytes.set(data.subarray(from - position, until - position), from);
      }
    });
    if (how !== "cut") return bytes;
    const left = syncedSize + (bytes.length - syncedSize) * luck.next();
    return bytes.subarray(0, luck.next() < 0.5 ? left : Math.max(syncedSize, left - left % sector));
  }

  /** What is there at first. */
  #take(folder: string): void {
    const names = new Map<string, number | "folder">();
    this.#names.set(folder, names);
    for (const entry of fs.readdirSync(folder, { withFileTypes: true })) {
      const path = `${folder}/${entry.name}`;
      if (entry.isDirectory()) {
        names.set(entry.name, "folder");
        this.#take(path);
        continue;
      }
      const file = this.#files++;
      names.set(entry.name, file);
      this.#live.set(path, file);
      this.#initial.set(file, new Uint8Array(fs.readFileSync(path)));
    }
  }

  #opened(path: string, flags: unknown, fd: number): void {
    let file: number | string | undefined = this.#live.get(path);
    if (file === undefined) {
      const isNew = typeof flags === "number"
        ? (flags & fs.constants.O_CREAT) !== 0
        : /[wa]/.test(String(flags));
      if (isNew) {
        file = this.#files++;
        this.#live.set(path, file);
        this.#name(path, file);
      } else file = path;
    } else if (flags === "w") throw new Error(`Cannot record a truncation of ${path}`);
    this.#open.set(fd, { file, end: 0 });
  }

  #willMake(path: string): void {
    if (path.length <= this.#root.length) return;
    const parent = folderOf(path);
    this.#willMake(parent);
    if (this.#made.has(path) || this.#names.has(path)) return;
    this.#made.add(path);
    this.#name(path, "folder");
  }

  #name(path: string, gives: number | "folder" | undefined): void {
    this.#log.push({ folder: folderOf(path), name: nameOf(path), gives });
  }
}
