/**
 * Sealed entries after `src/storage/README.md`, by WebCrypto alone: judges what the storage writes, and writes what it must
 * read. Shares no code with it.
 */

const text = new TextEncoder();
const subtle = crypto.subtle;

/** Joins bytes. */
export function concat(...parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}

/** Bytes of hexadecimal text. */
export function unhex(hex: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(hex.match(/../g) ?? [], (pair) => parseInt(pair, 16));
}

/** Hexadecimal text of bytes. */
export function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

function number(value: number, size: number): Uint8Array<ArrayBuffer> {
  return unhex(value.toString(16).padStart(2 * size, "0"));
}

async function hkdf(from: Uint8Array<ArrayBuffer>, info: string, salt = new Uint8Array()) {
  const key = await subtle.importKey("raw", from, "HKDF", false, ["deriveBits"]);
  const how = { name: "HKDF", hash: "SHA-256", salt, info: text.encode(info) };
  return new Uint8Array(await subtle.deriveBits(how, key, 256));
}

async function hmac(key: Uint8Array<ArrayBuffer>, bytes: Uint8Array<ArrayBuffer>) {
  const hash = { name: "HMAC", hash: "SHA-256" };
  return new Uint8Array(
    await subtle.sign("HMAC", await subtle.importKey("raw", key, hash, false, ["sign"]), bytes),
  );
}

async function sha256(bytes: Uint8Array<ArrayBuffer>) {
  return new Uint8Array(await subtle.digest("SHA-256", bytes));
}

interface Entry {
  readonly secret: string;
  readonly key: string;
  readonly body: Uint8Array<ArrayBuffer>;
  /** Size of a chunk, as a power of two. */
  readonly chunkBits?: number;
  readonly version?: number;
}

function chunksOf(body: Uint8Array<ArrayBuffer>, chunkBits: number): Uint8Array<ArrayBuffer>[] {
  const size = 2 ** chunkBits;
  return Array.from(
    { length: Math.ceil(body.length / size) },
    (_, at) => body.slice(at * size, (at + 1) * size),
  );
}

async function signed({ secret, key, body, chunkBits = 18, version = 1 }: Entry, about: {
  readonly flags: number;
  readonly keySize: number;
  readonly before: Uint8Array;
}) {
  const facts = concat(
    text.encode("flecs"),
    [version, about.flags, chunkBits] as unknown as Uint8Array,
    number(body.length, 8),
    number(about.keySize, 4),
  );
  const owner = concat(
    text.encode("fleche sealed entry\0"),
    number(text.encode(key).length, 4),
    text.encode(key),
  );
  const mac = await hmac(
    await hkdf(unhex(secret), "fleche sealed 1 sign cbor"),
    concat(owner, about.before, facts),
  );
  return concat(facts, mac);
}

/** A signed entry. */
export async function signedEntry(entry: Entry): Promise<Uint8Array<ArrayBuffer>> {
  const chunks = chunksOf(entry.body, entry.chunkBits ?? 18);
  const table = chunks.length > 1 ? concat(...await Promise.all(chunks.map(sha256))) : new Uint8Array();
  const before = chunks.length > 1 ? table : entry.body;
  return concat(entry.body, table, await signed(entry, { flags: 0, keySize: 0, before }));
}

function nonce(at: number, kind: number) {
  return concat(number(at, 11), number(kind, 1));
}

async function aesKey(secret: string, salt: Uint8Array<ArrayBuffer>) {
  const raw = await hkdf(await hkdf(unhex(secret), "fleche sealed 1 encrypt"), "fleche sealed 1 entry", salt);
  return await subtle.importKey("raw", raw, "AES-GCM", false, ["encrypt", "decrypt"]);
}

/** An encrypted entry. */
export async function encryptedEntry(
  entry: Entry & { readonly salt: Uint8Array<ArrayBuffer> },
): Promise<Uint8Array<ArrayBuffer>> {
  const { secret, key, body, chunkBits = 18, salt } = entry;
  const aes = await aesKey(secret, salt);
  const encrypted = async (bytes: Uint8Array<ArrayBuffer>, iv: Uint8Array<ArrayBuffer>) =>
    new Uint8Array(await subtle.encrypt({ name: "AES-GCM", iv }, aes, bytes));
  const chunks = chunksOf(body, chunkBits);
  const frames = await Promise.all(
    chunks.map((chunk, at) => encrypted(chunk, nonce(at, at === chunks.length - 1 ? 1 : 0))),
  );
  const keySize = text.encode(key).length;
  const before = concat(await encrypted(text.encode(key), nonce(0, 2)), salt);
  return concat(...frames, before, await signed(entry, { flags: 1, keySize, before }));
}

/** Where an encrypted entry is kept. */
export async function maskedName(secret: string, key: string): Promise<string> {
  return hex(await hmac(await hkdf(unhex(secret), "fleche sealed 1 names"), text.encode(key)));
}

/** The salt of an encrypted entry. */
export function saltOf(entry: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  return entry.slice(-84, -52);
}
