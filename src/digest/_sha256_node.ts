/**
 * SHA-256 by `node:crypto`: as fast as WebAssembly or faster at every size, in both runtimes, and there at once.
 *
 * @module
 */
import { builtin } from "../_runtime.ts";
import type { Sha256, Sha256Engine } from "./sha256.ts";
import { bytesFromHex } from "./_hex.ts";

/** The engine over `node:crypto`; `undefined` where the runtime does not have that. */
export function nodeEngine(): Sha256Engine | undefined {
  let crypto: ReturnType<typeof builtin<"node:crypto">>;
  try {
    crypto = builtin("node:crypto");
  } catch {
    return undefined;
  }
  // The one-shot call saves Bun the hash object, two thirds of the time of a small input; Node has it since 21.7.
  const oneShot = crypto.hash;
  const hex = typeof oneShot === "function"
    ? (bytes: Uint8Array): string => oneShot("sha256", bytes, "hex")
    : (bytes: Uint8Array): string => crypto.createHash("sha256").update(bytes).digest("hex");
  return {
    hex,
    create(): Sha256 {
      const hash = crypto.createHash("sha256");
      let result: string | undefined;
      // As hexadecimal even for bytes: a Buffer costs Deno twice the whole digest.
      const finish = (): string => result ??= hash.digest("hex");
      return {
        update: (bytes) => void hash.update(bytes),
        hex: finish,
        bytes: () => bytesFromHex(finish()),
      };
    },
  };
}
