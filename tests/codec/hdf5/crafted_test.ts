/** Files that are whole and mean harm, or something unknown: made with the writer's own parts. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { NUMERIC_TYPES } from "../../../src/codec/hdf5/_datatype_writer.ts";
import { writeGroup } from "../../../src/codec/hdf5/_group_writer.ts";
import { ObjectWriter } from "../../../src/codec/hdf5/_object_writer.ts";
import { codec } from "./_bytes.ts";

const CONTENT = "bagofholding.content.";
const LIST = { content_type: `${CONTENT}List` };
const ARRAY = { content_type: "bagofholding.h5.content.Array" };

/** A file whose object `write` writes. */
function file(write: (out: ObjectWriter) => number, root: Record<string, string | number> = {}): Uint8Array {
  const out = new ObjectWriter();
  const bytes = out.finish(writeGroup(out, [{ name: "object", address: write(out) }], root));
  assert.ok(bytes instanceof Uint8Array);
  return bytes;
}

/** A list of nodes. */
function list(out: ObjectWriter, addresses: readonly number[]): number {
  return writeGroup(out, addresses.map((address, i) => ({ name: `i${i}`, address })), LIST);
}

function refuses(bytes: Uint8Array, message: RegExp): void {
  assert.throws(() => codec.decode(bytes), { name: "CodecError", code: "malformed", message });
}

test("hdf5Codec reads groups that many links lead to as one object", () => {
  const bytes = file((out) => {
    let address = list(out, []);
    for (let level = 0; level < 60; level++) address = list(out, [address, address]);
    return address;
  });
  let value = codec.decode(bytes);
  for (let level = 0; level < 60; level++) {
    assert.ok(Array.isArray(value) && value.length === 2 && value[0] === value[1]);
    value = value[0];
  }
});

test("hdf5Codec refuses an extent that is larger than the file", () => {
  for (const shape of [[1, 2 ** 40], [1, 2 ** 30, 2 ** 30], new Array(32).fill(2 ** 32)]) {
    refuses(
      file((out) => out.array(NUMERIC_TYPES.float64, shape, new Uint8Array(8), ARRAY)),
      /an array is larger than the file/,
    );
  }
});

test("hdf5Codec refuses references that lead nowhere, or to themselves", () => {
  refuses(file((out) => out.reference("object")), /an object leads to itself before it is there/);
  refuses(file((out) => out.reference("elsewhere/i0")), /a reference leads nowhere/);
  refuses(
    file((out) => list(out, [out.reference("object/i1"), out.reference("object/i0")])),
    /leads to itself/,
  );
});

test("hdf5Codec refuses what is nested more deeply than it writes", () => {
  const nested = (levels: number): Uint8Array =>
    file((out) => {
      let address = list(out, []);
      for (let level = 1; level < levels; level++) address = list(out, [address]);
      return address;
    });
  assert.ok(Array.isArray(codec.decode(nested(500))));
  refuses(nested(501), /nested more than 500 levels deep/);
  refuses(nested(5000), /nested more than 500 levels deep/);
});

test("hdf5Codec refuses what this version does not know", () => {
  const none = (out: ObjectWriter, kind?: string): number =>
    out.nothing({ content_type: `${CONTENT}NoneItem`, fleche: kind });
  refuses(file((out) => none(out, "Later")), /objects of type "Later" are not known/);
  refuses(file((out) => none(out, "__proto__")), /objects of type "__proto__" are not known/);
  refuses(file((out) => none(out), { fleche: 2 }), /it is of format version 2/);
  refuses(
    file((out) => out.nothing({ content_type: `${CONTENT}Later` })),
    /content of type "Later" is not known/,
  );
  refuses(file((out) => out.nothing({ content_type: "os.system" })), /no content type of bagofholding's/);
  refuses(file((out) => out.nothing({})), /no content type of bagofholding's/);
});

test("hdf5Codec refuses lists whose elements are not counted", () => {
  const child = (out: ObjectWriter): number => out.nothing({ content_type: `${CONTENT}NoneItem` });
  refuses(file((out) => writeGroup(out, [{ name: "i1", address: child(out) }], LIST)), /a group has no "i0"/);
  refuses(
    file((out) => writeGroup(out, [{ name: "i0", address: child(out) }, { name: "i0", address: 48 }], LIST)),
    /a group has a name twice/,
  );
});
