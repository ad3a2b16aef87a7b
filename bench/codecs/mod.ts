/** Every contestant of the codec benchmark: ours first, then the runtime's and packages, then Python, floors. @module */
import { cborX } from "./cbor_x.ts";
import type { CodecContestant } from "./contract.ts";
import { flecheCodecs } from "./fleche.ts";
import { chunks, copy } from "./floors.ts";
import { json, jsonBytes } from "./json.ts";
import { pythonNumpy, pythonPickle } from "./python.ts";
import { clone, v8 } from "./structured_clone.ts";

/** Every contestant. */
export const codecs: readonly CodecContestant[] = [
  ...flecheCodecs,
  json,
  jsonBytes,
  cborX,
  clone,
  v8,
  pythonPickle,
  pythonNumpy,
  copy,
  chunks,
];
