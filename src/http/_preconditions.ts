/**
 * The conditions that a request may put on being answered (RFC 9110, section 13), over an entity tag that is strong and,
 * where there is one, a date.
 *
 * @module
 */

/** What the current state of a resource is known by. */
export interface Validators {
  /** The entity tag without its quotes. */
  readonly tag: string;
  /** When it was last changed, in whole seconds since the epoch; `undefined` where that is not known. */
  readonly modified: number | undefined;
}

/** The three forms of a date (section 5.6.7); only the first is still written. */
const HTTP_DATE =
  /^(?:[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d GMT|[A-Z][a-z]+day, \d\d-[A-Z][a-z]{2}-\d\d \d\d:\d\d:\d\d GMT|[A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d \d{4})$/;

/** Which answer the conditions of a GET or HEAD demand, in the order of section 13.2.2; `undefined` for none. */
export function failedPrecondition(request: Headers, current: Validators): 304 | 412 | undefined {
  const { tag, modified } = current;
  const ifMatch = request.get("If-Match");
  if (ifMatch !== null) {
    if (!names(ifMatch, tag, { weakly: false })) return 412;
  } else {
    const since = secondsOf(request.get("If-Unmodified-Since"));
    if (since !== undefined && modified !== undefined && modified > since) return 412;
  }
  const ifNoneMatch = request.get("If-None-Match");
  if (ifNoneMatch !== null) return names(ifNoneMatch, tag, { weakly: true }) ? 304 : undefined;
  const since = secondsOf(request.get("If-Modified-Since"));
  return since !== undefined && modified !== undefined && modified <= since ? 304 : undefined;
}

/**
 * Whether a part may be given to who has the rest already (If-Range, section 13.1.5): the tag must be the same, or the
 * date exactly the same. That its date is a strong one is for the client to know.
 */
export function rangeApplies(request: Headers, current: Validators): boolean {
  const condition = request.get("If-Range");
  if (condition === null) return true;
  return condition === `"${current.tag}"` ||
    current.modified !== undefined && secondsOf(condition) === current.modified;
}

/** Whether `*` or a list of entity tags (section 8.8.3) names this one; commas may stand in tags. */
function names(list: string, tag: string, { weakly }: { readonly weakly: boolean }): boolean {
  if (list.trim() === "*") return true;
  for (const [, weak, each] of list.matchAll(/(W\/)?"([^"]*)"/g)) {
    if (each === tag && (weakly || weak === undefined)) return true;
  }
  return false;
}

/** A date in seconds since the epoch; `undefined` when it is none, and is to be ignored. */
function secondsOf(date: string | null): number | undefined {
  if (date === null || !HTTP_DATE.test(date)) return undefined;
  // The third form has no zone: it would be taken for the local one.
  const ms = Date.parse(date.endsWith("GMT") ? date : `${date} GMT`);
  return Number.isNaN(ms) ? undefined : ms / 1000;
}
