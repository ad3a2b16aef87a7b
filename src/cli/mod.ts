/**
 * What belongs to the terminal: {@linkcode progressBar} draws how far streamed results have come. Import it where it
 * is used; those who do not import it pay nothing for it.
 *
 * @example Watching a download that is cached
 * ```ts
 * import { fleche } from "@fleche/fleche";
 * import { progressBar } from "@fleche/fleche/cli";
 *
 * const download = fleche(async function download(url: string) {
 *   const { body } = await fetch(url);
 *   return body ?? new ReadableStream<Uint8Array>();
 * }, { onProgress: progressBar() });
 * ```
 *
 * @module
 */

export { progressBar, type ProgressBarOptions, type ProgressOutput } from "./progress_bar.ts";
export type { StreamProgress } from "../stream/types.ts";
