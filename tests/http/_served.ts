/** A body to be served, and a server of the runtime's own. */
import type { ByteRange } from "../../src/storage/types.ts";
import type { ServedBody } from "../../src/http/stored_response.ts";

/** A body of so many bytes, each its own offset; it notes what is opened of it. */
export function served(
  size: number,
  options: Partial<Pick<ServedBody, "etag" | "type" | "lastModified">> = {},
): ServedBody & { readonly opened: (ByteRange | undefined)[] } {
  const bytes = Uint8Array.from({ length: size }, (_, i) => i);
  const opened: (ByteRange | undefined)[] = [];
  return {
    size,
    etag: "abc123",
    type: "application/x-test",
    ...options,
    opened,
    stream(range) {
      opened.push(range);
      return new ReadableStream({
        type: "bytes",
        start(controller) {
          const part = bytes.slice(range?.start, range?.end);
          // In two chunks, as far as there are two.
          for (const half of [part.slice(0, 2), part.slice(2)]) if (half.length > 0) controller.enqueue(half);
          controller.close();
        },
      });
    },
  };
}

interface BunLike {
  serve(options: { port: number; hostname: string; fetch: (request: Request) => Response }): {
    readonly port: number;
    stop(now: boolean): Promise<void>;
  };
}

/** Runs `body` with the address of a server. */
export async function withServer(
  handler: (request: Request) => Response,
  body: (url: string) => Promise<void>,
): Promise<void> {
  // `as` here: neither runtime types the other's global.
  const { Bun, Deno: deno } = globalThis as { Bun?: BunLike; Deno?: typeof Deno };
  const hostname = "127.0.0.1";
  if (deno !== undefined) {
    const server = deno.serve({ port: 0, hostname, onListen: () => {} }, handler);
    try {
      await body(`http://${hostname}:${server.addr.port}/`);
    } finally {
      await server.shutdown();
    }
  } else if (Bun !== undefined) {
    const server = Bun.serve({ port: 0, hostname, fetch: handler });
    try {
      await body(`http://${hostname}:${server.port}/`);
    } finally {
      await server.stop(true);
    }
  }
}
