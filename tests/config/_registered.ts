// deno-lint-ignore-file no-console -- a program prints.
/** A third party's storage and metadata, registered, then named in the configuration of the process. */
import { cache, fleche, Memory, registerMetadata, registerStorage, type Storage } from "../../mod.ts";

const opened: unknown[] = [];
registerStorage("LabelledStorage", {
  options: {
    label: { kind: "string", required: true, oneOf: ["red", "blue"] },
    folder: { kind: "path" },
    limit: { kind: "integer" },
    inner: { kind: "storage", required: true },
  },
  open({ label, folder, limit, inner }): Storage {
    opened.push({ label, folder, limit });
    return inner;
  },
});
registerStorage("PlainStorage", { options: {}, open: () => new Memory() });
registerMetadata("Region", () => ({ name: "region", before: () => ({ zone: "north" }) }));

const f = fleche((n: number) => n + 1, { name: "f" });
try {
  await f(1);
  await f(1);
  const record = await cache().record(await f.digest(1));
  console.log(
    JSON.stringify({
      name: cache().name,
      opened,
      metadata: record?.metadata["region"],
      hit: await f.contains(1),
    }),
  );
} catch (error) {
  console.log(JSON.stringify({ fault: String(error) }));
}
