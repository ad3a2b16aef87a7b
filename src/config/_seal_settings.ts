/**
 * What a section says of sealing, `secret_key` and `encrypt`, and the environment where it says nothing. No message shows a
 * key, or a part of one.
 *
 * @module
 */

import { environmentVariable, isPermitted } from "../_runtime.ts";
import { ConfigError } from "../errors.ts";
import { isSecretKey, SECRET_KEY_FORM } from "../storage/sealed/secret_key.ts";
import { describe, fault, placeOf, type Source } from "./_fault.ts";
import { SecretKeys } from "./secret_keys.ts";
import type { CacheSettings } from "./settings.ts";

/** The variable that holds the keys of every section without any. */
const VARIABLE = "FLECHE_SECRET_KEY";

/** How the storages of a cache are sealed. */
export interface Seal {
  /** The keys: the first seals, all open. */
  readonly keys: SecretKeys;
  /** Whether entries are encrypted. */
  readonly encrypt: boolean;
}

/**
 * Checks a section's `secret_key`.
 *
 * @throws {ConfigError} When it is no list of keys.
 */
export function readSecretKeys(
  value: unknown,
  where: Source & { readonly place: string },
): SecretKeys | undefined {
  if (value === undefined || value instanceof SecretKeys) return value;
  if (!Array.isArray(value) || value.length === 0) {
    // Of a text or a number nothing is shown: it is most likely a key, without its quotes or without its brackets.
    const isOne = typeof value === "string" || typeof value === "number";
    const found = isOne ? `a ${typeof value}` : describe(value);
    throw fault(where, where.place, found, "a list of keys in hexadecimal, at least one");
  }
  for (const [at, key] of value.entries()) {
    if (isSecretKey(key)) continue;
    throw fault(where, `${where.place}[${at}]`, "what is no key (it is not shown)", SECRET_KEY_FORM);
  }
  return new SecretKeys(value);
}

/**
 * How the storages of a cache are sealed; `undefined` when they are not.
 *
 * @param where Where the section stands.
 * @throws {ConfigError} When they are to be encrypted without a key, or the environment has what is none.
 */
export function sealOf(
  settings: CacheSettings,
  where: Source & { readonly place: string },
): Seal | undefined {
  const encrypt = settings.encrypt ?? false;
  const keys = readSecretKeys(settings.secret_key, { ...where, place: placeOf(where.place, "secret_key") }) ??
    environmentKeys();
  if (keys !== undefined) return { keys, encrypt };
  if (!encrypt) return undefined;
  const permission = isPermitted("env", VARIABLE) ? "" : ` (Deno needs --allow-env=${VARIABLE})`;
  const expected = `secret_key beside it, or the environment variable ${VARIABLE} to be set${permission}`;
  throw fault(where, placeOf(where.place, "encrypt"), "true without a key", expected);
}

function environmentKeys(): SecretKeys | undefined {
  const text = environmentVariable(VARIABLE);
  if (text === undefined || text === "") return undefined;
  const keys = text.split(":");
  const wrong = keys.findIndex((key) => !isSecretKey(key));
  if (wrong === -1) return new SecretKeys(keys);
  const found = keys.length === 1
    ? "what is no key"
    : `what is no key as number ${wrong + 1} of ${keys.length}`;
  const message = `the environment variable ${VARIABLE} holds ${found} (it is not shown), expected ` +
    `keys with ":" between them, each ${SECRET_KEY_FORM}`;
  throw new ConfigError("config-invalid", message, { place: VARIABLE });
}
