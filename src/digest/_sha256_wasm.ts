/**
 * SHA-256 by hash-wasm, for runtimes without `node:crypto`. The only file that knows the package, which is loaded
 * when asked for: it takes 20 to 40 ms.
 *
 * @module
 */
import { loadCode } from "../_load.ts";
import type { Sha256, Sha256Engine } from "./sha256.ts";
import { bytesFromHex } from "./_hex.ts";

/** Loads hash-wasm and makes the engine over it. */
export async function loadWasmEngine(): Promise<Sha256Engine> {
  const { createSHA256 } = await loadCode(() => import("hash-wasm"));
  const hasher = await createSHA256();
  // Instances are made asynchronously, so the one instance serves every open hash: whoever comes next saves the
  // state of whoever was there before.
  let active: { state: Uint8Array | undefined } | undefined;

  function leave(): void {
    if (active !== undefined) active.state = hasher.save();
    active = undefined;
  }

  return {
    hex(bytes) {
      leave();
      return hasher.init().update(bytes).digest("hex");
    },
    create(): Sha256 {
      const own: { state: Uint8Array | undefined } = { state: undefined };
      let result: string | undefined;

      function enter(): void {
        if (active === own) return;
        leave();
        if (own.state === undefined) hasher.init();
        else hasher.load(own.state);
        active = own;
      }
      function finish(): string {
        if (result === undefined) {
          enter();
          result = hasher.digest("hex");
          active = undefined;
        }
        return result;
      }
      return {
        update(bytes) {
          if (result !== undefined) throw new TypeError("Cannot update a hash: its digest was already taken");
          enter();
          hasher.update(bytes);
        },
        hex: finish,
        bytes: () => bytesFromHex(finish()),
      };
    },
  };
}
