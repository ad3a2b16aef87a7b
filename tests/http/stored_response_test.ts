import assert from "node:assert/strict";
import { test } from "node:test";
import { storedResponse } from "../../src/http/stored_response.ts";
import { served, withServer } from "./_served.ts";

const WHOLE = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9];
const MADE = "Sun, 06 Nov 1994 08:49:37 GMT";
const BEFORE = "Sun, 06 Nov 1994 08:49:36 GMT";
const AFTER = "Sun, 06 Nov 1994 08:49:38 GMT";
/** Three quarters of a second later than the field can say. */
const made = new Date(Date.parse(MADE) + 750);

function request(headers: Record<string, string>, method = "GET"): Request {
  return new Request("http://localhost/value", { method, headers });
}

async function bytesOf(response: Response): Promise<number[]> {
  return [...new Uint8Array(await response.arrayBuffer())];
}

/** Fails unless a request for ten bytes made then is answered with that status. */
async function assertAnswers(
  cases: readonly (readonly [headers: Record<string, string>, status: number])[],
  options: { readonly lastModified?: Date | undefined } = { lastModified: made },
): Promise<void> {
  for (const [headers, status] of cases) {
    for (const method of ["GET", "HEAD"]) {
      const stored = served(10, options);
      const response = storedResponse(request(headers, method), stored);
      // Ranges are GET's.
      const expected = method === "HEAD" && (status === 206 || status === 416) ? 200 : status;
      assert.equal(response.status, expected, `${method} ${JSON.stringify(headers)}`);
      const hasBody = method === "GET" && (status === 200 || status === 206);
      assert.equal(response.body !== null, hasBody);
      assert.equal(stored.opened.length, hasBody ? 1 : 0);
      if (hasBody) assert.deepEqual(await bytesOf(response), status === 206 ? [2, 3] : WHOLE);
    }
  }
}

test("storedResponse gives the whole with what is known of it", async () => {
  for (const asked of [undefined, request({})]) {
    const stored = served(10, { lastModified: made });
    const response = storedResponse(asked, stored);
    assert.equal(response.status, 200);
    assert.deepEqual(Object.fromEntries(response.headers), {
      "accept-ranges": "bytes",
      "content-length": "10",
      "content-type": "application/x-test",
      "etag": '"abc123"',
      "last-modified": MADE,
    });
    assert.deepEqual(await bytesOf(response), WHOLE);
    assert.deepEqual(stored.opened, [undefined]);
  }
});

test("storedResponse gives one range, and says which", async () => {
  const ranges: readonly (readonly [range: string, part: number[], said: string])[] = [
    ["bytes=0-0", [0], "bytes 0-0/10"],
    ["bytes=2-5", [2, 3, 4, 5], "bytes 2-5/10"],
    ["bytes=8-", [8, 9], "bytes 8-9/10"],
    ["bytes=0-", WHOLE, "bytes 0-9/10"],
    ["bytes=9-9", [9], "bytes 9-9/10"],
    ["bytes=7-99999999999999999999999", [7, 8, 9], "bytes 7-9/10"],
    ["bytes=-3", [7, 8, 9], "bytes 7-9/10"],
    ["bytes=-10", WHOLE, "bytes 0-9/10"],
    ["bytes=-99999999999999999999999", WHOLE, "bytes 0-9/10"],
    ["Bytes=002-0003", [2, 3], "bytes 2-3/10"],
    ["bytes=, 2-3 ,", [2, 3], "bytes 2-3/10"],
  ];
  for (const [range, part, said] of ranges) {
    const stored = served(10, { lastModified: made });
    const response = storedResponse(request({ Range: range }), stored);
    assert.equal(response.status, 206, range);
    assert.deepEqual(Object.fromEntries(response.headers), {
      "accept-ranges": "bytes",
      "content-length": String(part.length),
      "content-range": said,
      "content-type": "application/x-test",
      "etag": '"abc123"',
      "last-modified": MADE,
    });
    assert.deepEqual(await bytesOf(response), part);
    assert.deepEqual(stored.opened, [{ start: part[0] ?? 0, end: (part[0] ?? 0) + part.length }]);
  }
});

test("storedResponse gives the whole for several ranges and for what is no range", async () => {
  for (
    const range of [
      "bytes=0-1,4-5",
      "bytes=5-2",
      "bytes=-",
      "bytes=",
      "bytes=a-b",
      "bytes=1",
      "bytes=1-2-3",
      "bytes=--3",
      "bytes=+1-2",
      "bytes=1.5-2",
      "bytes 0-1",
      "items=0-1",
      "0-1",
      "",
    ]
  ) {
    const response = storedResponse(request({ Range: range }), served(10));
    assert.equal(response.status, 200, range);
    assert.equal(response.headers.get("Content-Range"), null);
    assert.deepEqual(await bytesOf(response), WHOLE);
  }
});

test("storedResponse refuses a range of which nothing is there", () => {
  for (
    const [range, size] of [
      ["bytes=10-", 10],
      ["bytes=10-20", 10],
      [`bytes=${"9".repeat(400)}-`, 10],
      [
        "bytes=-0",
        10,
      ],
      ["bytes=0-", 0],
      ["bytes=-0", 0],
    ] as const
  ) {
    const stored = served(size);
    const response = storedResponse(request({ Range: range }), stored);
    assert.equal(response.status, 416, range);
    assert.deepEqual(Object.fromEntries(response.headers), {
      "accept-ranges": "bytes",
      "content-range": `bytes */${size}`,
    });
    assert.equal(response.body, null);
    assert.deepEqual(stored.opened, []);
  }
});

test("storedResponse gives an empty body without opening it, its last bytes too", () => {
  for (const headers of [{}, { Range: "bytes=-5" }]) {
    const stored = served(0);
    const response = storedResponse(request(headers), stored);
    assert.equal(response.status, 200);
    assert.equal(response.headers.get("Content-Length"), "0");
    assert.equal(response.body, null);
    assert.deepEqual(stored.opened, []);
  }
});

test("storedResponse answers HEAD with the fields of the whole, and opens nothing", () => {
  for (const headers of [{}, { Range: "bytes=2-3" }, { Range: "bytes=20-" }]) {
    const stored = served(10, { lastModified: made });
    const response = storedResponse(request(headers, "HEAD"), stored);
    assert.equal(response.status, 200);
    assert.deepEqual(
      Object.fromEntries(response.headers),
      Object.fromEntries(storedResponse(undefined, stored).headers),
    );
    assert.equal(response.body, null);
    assert.equal(stored.opened.length, 1, "the GET's");
  }
});

test("storedResponse refuses other methods, whatever they ask", () => {
  for (const method of ["POST", "PUT", "DELETE", "OPTIONS", "PATCH"]) {
    const response = storedResponse(request({ "If-None-Match": "*" }, method), served(10));
    assert.equal(response.status, 405);
    assert.equal(response.headers.get("Allow"), "GET, HEAD");
    assert.equal(response.body, null);
  }
});

test("storedResponse answers 304 to who has it (If-None-Match, weakly)", async () => {
  await assertAnswers([
    [{ "If-None-Match": '"abc123"' }, 304],
    [{ "If-None-Match": 'W/"abc123"' }, 304],
    [{ "If-None-Match": '"x", W/"y,z" ,"abc123"' }, 304],
    [{ "If-None-Match": " * " }, 304],
    [{ "If-None-Match": '"other"' }, 200],
    [{ "If-None-Match": '"x,abc123"' }, 200],
    [{ "If-None-Match": "abc123" }, 200],
    [{ "If-None-Match": '"abc12"' }, 200],
    [{ "If-None-Match": '"ABC123"' }, 200],
    [{ "If-None-Match": "" }, 200],
    [{ "If-None-Match": '"abc123"', Range: "bytes=2-3" }, 304],
    [{ "If-None-Match": '"other"', Range: "bytes=2-3" }, 206],
  ]);
});

test("storedResponse's 304 says the tag and nothing of the body", () => {
  const response = storedResponse(request({ "If-None-Match": "*" }), served(10, { lastModified: made }));
  assert.deepEqual(Object.fromEntries(response.headers), { "etag": '"abc123"' });
});

test("storedResponse answers 412 to who wants another (If-Match, strongly)", async () => {
  await assertAnswers([
    [{ "If-Match": '"abc123"' }, 200],
    [{ "If-Match": '"x", "abc123"' }, 200],
    [{ "If-Match": "*" }, 200],
    [{ "If-Match": 'W/"abc123"' }, 412],
    [{ "If-Match": '"other"' }, 412],
    [{ "If-Match": "" }, 412],
    [{ "If-Match": '"other"', "If-None-Match": '"abc123"' }, 412],
    [{ "If-Match": '"abc123"', "If-None-Match": '"abc123"' }, 304],
    [{ "If-Match": '"other"', Range: "bytes=2-3" }, 412],
    [{ "If-Match": '"abc123"', Range: "bytes=2-3" }, 206],
  ]);
});

test("storedResponse compares dates to the second, where no tags are compared", async () => {
  await assertAnswers([
    [{ "If-Modified-Since": BEFORE }, 200],
    [{ "If-Modified-Since": MADE }, 304],
    [{ "If-Modified-Since": AFTER }, 304],
    [{ "If-Modified-Since": "Sunday, 06-Nov-94 08:49:37 GMT" }, 304],
    [{ "If-Modified-Since": "Sunday, 06-Nov-94 08:49:36 GMT" }, 200],
    [{ "If-Modified-Since": "Sun Nov  6 08:49:37 1994" }, 304],
    [{ "If-Modified-Since": "Sun Nov  6 08:49:36 1994" }, 200],
    [{ "If-Modified-Since": AFTER, "If-None-Match": '"other"' }, 200],
    [{ "If-Modified-Since": BEFORE, "If-None-Match": '"abc123"' }, 304],
    [{ "If-Unmodified-Since": BEFORE }, 412],
    [{ "If-Unmodified-Since": MADE }, 200],
    [{ "If-Unmodified-Since": AFTER }, 200],
    [{ "If-Unmodified-Since": "Sun Nov  6 08:49:36 1994" }, 412],
    [{ "If-Unmodified-Since": BEFORE, "If-Match": '"abc123"' }, 200],
    [{ "If-Unmodified-Since": AFTER, "If-Match": '"other"' }, 412],
    [{ "If-Unmodified-Since": MADE, "If-Modified-Since": MADE }, 304],
  ]);
});

test("storedResponse ignores what is no date, and dates where it knows none", async () => {
  for (
    const date of ["2100", "2100-01-01", "tomorrow", "Sun, 06 Foo 1994 08:49:37 GMT", `${AFTER}, ${AFTER}`]
  ) {
    await assertAnswers([[{ "If-Modified-Since": date }, 200], [{ "If-Unmodified-Since": date }, 200]]);
  }
  for (const lastModified of [undefined, new Date(NaN)]) {
    await assertAnswers([
      [{ "If-Modified-Since": MADE }, 200],
      [{ "If-Unmodified-Since": BEFORE }, 200],
      [{ "If-Range": MADE, Range: "bytes=2-3" }, 200],
    ], { lastModified });
    assert.equal(storedResponse(undefined, served(10, { lastModified })).headers.get("Last-Modified"), null);
  }
});

test("storedResponse says nothing of a date that is still to come", () => {
  const stored = served(10, { lastModified: new Date(Date.now() + 1e6) });
  assert.equal(storedResponse(undefined, stored).headers.get("Last-Modified"), null);
});

test("storedResponse gives a part only to who has the rest of the same (If-Range)", async () => {
  await assertAnswers([
    [{ "If-Range": '"abc123"', Range: "bytes=2-3" }, 206],
    [{ "If-Range": 'W/"abc123"', Range: "bytes=2-3" }, 200],
    [{ "If-Range": '"other"', Range: "bytes=2-3" }, 200],
    [{ "If-Range": '"other"', Range: "bytes=20-" }, 200],
    [{ "If-Range": '"abc123"', Range: "bytes=20-" }, 416],
    [{ "If-Range": "*", Range: "bytes=2-3" }, 200],
    [{ "If-Range": MADE, Range: "bytes=2-3" }, 206],
    [{ "If-Range": BEFORE, Range: "bytes=2-3" }, 200],
    [{ "If-Range": AFTER, Range: "bytes=2-3" }, 200],
    [{ "If-Range": '"abc123"' }, 200],
    [{ "If-Range": '"other"' }, 200],
  ]);
});

test("storedResponse goes through a real server unchanged", async () => {
  const stored = served(200, { type: "text/plain", lastModified: made });
  await withServer((asked) => storedResponse(asked, stored), async (url) => {
    const whole = await fetch(url);
    assert.equal(whole.status, 200);
    assert.equal(whole.headers.get("ETag"), '"abc123"');
    assert.equal(whole.headers.get("Content-Length"), "200");
    assert.equal((await bytesOf(whole)).length, 200);

    const part = await fetch(url, { headers: { Range: "bytes=100-102", "If-Range": '"abc123"' } });
    assert.equal(part.status, 206);
    assert.equal(part.headers.get("Content-Range"), "bytes 100-102/200");
    assert.equal(part.headers.get("Content-Length"), "3");
    assert.deepEqual(await bytesOf(part), [100, 101, 102]);

    const head = await fetch(url, { method: "HEAD" });
    assert.equal(head.status, 200);
    assert.equal(head.headers.get("Content-Length"), "200");
    assert.equal(head.headers.get("Accept-Ranges"), "bytes");
    assert.deepEqual(await bytesOf(head), []);

    for (
      const [headers, status] of [[{ "If-None-Match": '"abc123"' }, 304], [{ "If-Match": '"x"' }, 412], [{
        Range: "bytes=200-",
      }, 416]] as const
    ) {
      const response = await fetch(url, { headers });
      assert.equal(response.status, status);
      assert.deepEqual(await bytesOf(response), []);
    }
    const posted = await fetch(url, { method: "POST", body: "x" });
    assert.equal(posted.status, 405);
    await posted.body?.cancel();
  });
});
