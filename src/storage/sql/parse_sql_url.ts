/**
 * Which database a `url` means: the forms of URL that `Sql` takes. Pure: resolving `~` and relative paths is up to
 * whoever knows what they are relative to.
 *
 * @module
 */

/** Which database a URL means. */
export type SqlLocation =
  /** In memory, of one storage and gone with it. */
  | { readonly kind: "memory" }
  /** A file; the path is as it was written, with `/` or the platform's separators, relative or absolute. */
  | { readonly kind: "file"; readonly path: string }
  /** A libSQL server. */
  | { readonly kind: "remote"; readonly url: string };

const FORMS =
  `expected "sqlite:///relative.db", "sqlite:////absolute.db", "sqlite://" (in memory), "file:relative.db", ` +
  `"file:///absolute.db", a path, or a "libsql:", "https:", "http:", "wss:" or "ws:" URL`;

function fault(url: unknown, reason: string): TypeError {
  return new TypeError(
    `Cannot use database URL ${typeof url === "string" ? JSON.stringify(url) : String(url)}: ${reason}`,
  );
}

/**
 * Reads a database URL.
 *
 * | form | means |
 * | --- | --- |
 * | `sqlite://`, `sqlite:///`, `sqlite:///:memory:`, `:memory:`, `file::memory:` | in memory |
 * | `sqlite:///calls.db`, `sqlite:////var/calls.db` | a relative and an absolute path, taken literally, as SQLAlchemy does |
 * | `file:calls.db`, `file:/var/calls.db`, `file:///var/calls.db` | the same, percent-decoded, as URLs are |
 * | `libsql:`, `https:`, `http:`, `wss:`, `ws:` | a libSQL server |
 * | anything without a scheme | a path |
 *
 * @param url The URL or path.
 * @returns Which database it means.
 * @throws {TypeError} When it is of another form; the message says which would do.
 *
 * @example Three forms
 * ```ts
 * import { parseSqlUrl } from "@fleche/fleche";
 *
 * console.assert(parseSqlUrl("sqlite://").kind === "memory");
 * const location = parseSqlUrl("sqlite:///calls.db");
 * console.assert(location.kind === "file" && location.path === "calls.db");
 * console.assert(parseSqlUrl("libsql://cache.example.com").kind === "remote");
 * ```
 */
export function parseSqlUrl(url: string): SqlLocation {
  if (typeof url !== "string") throw fault(url, FORMS);
  if (url === ":memory:") return { kind: "memory" };
  // One letter before the colon is a Windows drive, not a scheme.
  const scheme = /^([a-z][a-z0-9+.-]+):/i.exec(url)?.[1]?.toLowerCase();
  switch (scheme) {
    case undefined:
      return toFile(url, url);
    case "sqlite":
      return parseSqlite(url);
    case "file":
      return parseFile(url);
    case "libsql":
    case "https":
    case "http":
    case "wss":
    case "ws":
      if (!URL.canParse(url) || new URL(url).host === "") {
        throw fault(withoutSecrets(url), "it names no host");
      }
      return { kind: "remote", url };
    default:
      throw fault(
        withoutSecrets(url),
        `unknown scheme "${scheme}:", ${FORMS} (a path with a colon in front as "./${scheme}:…")`,
      );
  }
}

/** A URL that may be shown: without user, password and query, where tokens stand. */
export function withoutSecrets(url: string): string {
  return url.replace(/[?#].*$/s, "").replace(/^([a-z][a-z0-9+.-]+:\/\/)[^/]*@/i, "$1");
}

function parseSqlite(url: string): SqlLocation {
  const rest = url.slice("sqlite:".length);
  if (rest === "//" || rest === "///" || rest === "///:memory:") return { kind: "memory" };
  if (!rest.startsWith("///")) {
    throw fault(
      url,
      `three slashes come before a relative path ("sqlite:///calls.db"), four before an absolute one`,
    );
  }
  if (rest.includes("?")) throw fault(url, "it takes no parameters after a question mark");
  return toFile(url, rest.slice(3));
}

function parseFile(url: string): SqlLocation {
  const rest = url.slice("file:".length);
  if (rest === ":memory:") return { kind: "memory" };
  if (/[?#]/.test(rest)) {
    throw fault(url, `it takes no parameters and no fragment (in a path, write "?" as %3F and "#" as %23)`);
  }
  let path = rest;
  if (rest.startsWith("//")) {
    const at = rest.indexOf("/", 2);
    const host = rest.slice(2, at === -1 ? undefined : at);
    if (host !== "" && host.toLowerCase() !== "localhost") {
      throw fault(
        url,
        `it names the host "${host}"; a relative path is "file:calls.db", an absolute one "file:///var/calls.db"`,
      );
    }
    path = at === -1 ? "" : rest.slice(at);
  }
  try {
    path = decodeURIComponent(path);
  } catch {
    throw fault(url, "a percent sign is not followed by two hexadecimal digits of UTF-8");
  }
  return toFile(url, path.replace(/^\/(?=[a-z]:[\\/])/i, ""));
}

function toFile(url: string, path: string): SqlLocation {
  if (path === "") throw fault(url, `it names no file, ${FORMS}`);
  if (path.includes("\0")) throw fault(url, "a path has no zero characters");
  if (/[\\/]$/.test(path) || /(^|[\\/])\.\.?$/.test(path)) {
    throw fault(url, "it names a folder, expected a file");
  }
  return { kind: "file", path };
}
