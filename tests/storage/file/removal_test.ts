import assert from "node:assert/strict";
import fs, { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { Folder } from "../../../src/storage/file/_folder.ts";
import { removeSeen } from "../../../src/storage/file/_removal.ts";
import { markOf } from "../../../src/storage/file/_sight.ts";
import { withTemporaryDirectory } from "../../_temporary.ts";
import { temporaries } from "./_entries.ts";

/** Puts `content` in the place of what stands at `path`, as publishing does. */
function replace(path: string, content: string): void {
  writeFileSync(`${path}.new`, content);
  fs.renameSync(`${path}.new`, path);
}

/** A folder under whose hands something happens right before a file is moved away. */
class DisturbedFolder extends Folder {
  readonly #disturb: () => void;
  constructor(root: string, disturb: () => void) {
    super(root);
    this.#disturb = disturb;
  }
  override createTemporary(): ReturnType<Folder["createTemporary"]> {
    this.#disturb();
    return super.createTemporary();
  }
}

/** Runs `body` while something happens right after the first renaming. */
function disturbedAfterRename(disturb: () => void, body: () => void): void {
  const { renameSync } = fs;
  try {
    fs.renameSync = (from, to) => {
      renameSync(from, to);
      fs.renameSync = renameSync;
      disturb();
    };
    body();
  } finally {
    fs.renameSync = renameSync;
  }
}

async function withFile(body: (path: string, root: string, mark: string) => void): Promise<void> {
  await withTemporaryDirectory((root) => {
    const path = join(root, "entry");
    writeFileSync(path, "first");
    body(path, root, markOf(path) ?? "");
    assert.deepEqual(temporaries(root), [], "nothing is left behind");
  });
}

test("removeSeen puts back what took the place after it looked", async () => {
  await withFile((path, root, mark) => {
    const folder = new DisturbedFolder(root, () => replace(path, "second"));
    assert.equal(removeSeen(folder, path, mark), false);
    assert.equal(readFileSync(path, "utf8"), "second");
  });
});

test("removeSeen puts back a folder that took the place after it looked", async () => {
  await withFile((path, root, mark) => {
    const folder = new DisturbedFolder(root, () => {
      fs.unlinkSync(path);
      fs.mkdirSync(path);
    });
    assert.equal(removeSeen(folder, path, mark), false);
    assert.equal(fs.lstatSync(path).isDirectory(), true);
  });
});

test("removeSeen says false when it is gone after it looked", async () => {
  await withFile((path, root, mark) => {
    const folder = new DisturbedFolder(root, () => fs.unlinkSync(path));
    assert.equal(removeSeen(folder, path, mark), false);
    assert.equal(existsSync(path), false);
  });
});

test("removeSeen leaves an even newer one where it is", async () => {
  await withFile((path, root, mark) => {
    const folder = new DisturbedFolder(root, () => replace(path, "second"));
    const { renameSync } = fs;
    let renames = 0;
    try {
      fs.renameSync = (from, to) => {
        renameSync(from, to);
        // The first one is the disturbance, the second one moves it away.
        if (++renames === 2) writeFileSync(path, "third");
      };
      assert.equal(removeSeen(folder, path, mark), false);
    } finally {
      fs.renameSync = renameSync;
    }
    assert.equal(readFileSync(path, "utf8"), "third");
  });
});

test("removeSeen puts back where there are no hard links", async () => {
  await withFile((path, root, mark) => {
    const { linkSync } = fs;
    try {
      fs.linkSync = () => {
        throw Object.assign(new Error("no links"), { code: "EPERM" });
      };
      const folder = new DisturbedFolder(root, () => replace(path, "second"));
      assert.equal(removeSeen(folder, path, mark), false);
    } finally {
      fs.linkSync = linkSync;
    }
    assert.equal(readFileSync(path, "utf8"), "second");
  });
});

test("removeSeen does not put back what has been missing for long: somebody may have removed it", async () => {
  await withFile((path, root, mark) => {
    const { now } = performance;
    try {
      let time = 0;
      performance.now = () => time += 2000;
      const folder = new DisturbedFolder(root, () => replace(path, "second"));
      assert.equal(removeSeen(folder, path, mark), false);
    } finally {
      performance.now = now;
    }
    assert.equal(existsSync(path), false);
  });
});

test("removeSeen has removed what somebody clears as a leftover meanwhile", async () => {
  await withFile((path, root, mark) => {
    const clear = (): void => {
      for (const name of temporaries(root)) fs.unlinkSync(join(root, "v1", "tmp", name));
    };
    disturbedAfterRename(clear, () => assert.equal(removeSeen(new Folder(root), path, mark), true));
    assert.equal(existsSync(path), false);
  });
});
