import assert from "node:assert/strict";
import { test } from "node:test";
import { parseSqlUrl, type SqlLocation } from "../../../src/storage/sql/parse_sql_url.ts";

const memory: SqlLocation = { kind: "memory" };
const file = (path: string): SqlLocation => ({ kind: "file", path });
const remote = (url: string): SqlLocation => ({ kind: "remote", url });

const FORMS: readonly (readonly [string, SqlLocation])[] = [
  ["sqlite://", memory],
  ["sqlite:///", memory],
  ["sqlite:///:memory:", memory],
  [":memory:", memory],
  ["file::memory:", memory],
  ["sqlite:///calls.db", file("calls.db")],
  ["SQLite:///calls.db", file("calls.db")],
  ["sqlite:///a/b c.db", file("a/b c.db")],
  ["sqlite:///100%25.db", file("100%25.db")],
  ["sqlite:///~/calls.db", file("~/calls.db")],
  ["sqlite:////var/calls.db", file("/var/calls.db")],
  ["sqlite:///C:/calls.db", file("C:/calls.db")],
  ["file:calls.db", file("calls.db")],
  ["file:../calls.db", file("../calls.db")],
  ["file:/var/calls.db", file("/var/calls.db")],
  ["file:///var/calls.db", file("/var/calls.db")],
  ["file://localhost/var/calls.db", file("/var/calls.db")],
  ["file:///C:/calls.db", file("C:/calls.db")],
  ["file:///a%20b%3F%25.db", file("/a b?%.db")],
  ["calls.db", file("calls.db")],
  ["./sqlite:x.db", file("./sqlite:x.db")],
  ["/var/calls.db", file("/var/calls.db")],
  ["C:\\cache\\calls.db", file("C:\\cache\\calls.db")],
  ["what?.db", file("what?.db")],
  ["日本.db", file("日本.db")],
  ["libsql://db.example.com?authToken=x", remote("libsql://db.example.com?authToken=x")],
  ["https://db.example.com", remote("https://db.example.com")],
  ["http://127.0.0.1:8080", remote("http://127.0.0.1:8080")],
  ["wss://db.example.com", remote("wss://db.example.com")],
  ["ws://127.0.0.1:8080", remote("ws://127.0.0.1:8080")],
];

const FAULTS: readonly (readonly [string, RegExp])[] = [
  ["", /it names no file, expected "sqlite:\/\/\/relative\.db"/],
  ["sqlite:calls.db", /three slashes come before a relative path/],
  ["sqlite:/calls.db", /three slashes/],
  ["sqlite://calls.db", /three slashes/],
  ["sqlite:///calls.db?mode=ro", /no parameters/],
  ["sqlite:///cache/", /a folder, expected a file/],
  ["sqlite:///..", /a folder, expected a file/],
  ["file:", /names no file/],
  ["file://", /names no file/],
  ["file://calls.db", /names the host "calls\.db"/],
  ["file://server/calls.db", /names the host "server"/],
  ["file:calls.db?cache=shared", /no parameters/],
  ["file:calls.db#x", /no parameters/],
  ["file:100%.db", /percent sign/],
  ["file:a%00b.db", /zero characters/],
  ["a\0b.db", /zero characters/],
  [
    "postgresql://user:secret@host/db",
    /^Cannot use database URL "postgresql:\/\/host\/db": unknown scheme "postgresql:"/,
  ],
  ["mysql+pymysql://host/db", /unknown scheme "mysql\+pymysql:"/],
  ["sqlit:///calls.db", /unknown scheme "sqlit:", expected/],
  ["libsql:", /names no host/],
  ["https://", /names no host/],
];

test("parseSqlUrl reads every form", () => {
  for (const [url, expected] of FORMS) assert.deepEqual(parseSqlUrl(url), expected, url);
});

test("parseSqlUrl refuses other forms with a TypeError that says what would do", () => {
  for (const [url, message] of FAULTS) {
    assert.throws(() => parseSqlUrl(url), { name: "TypeError", message }, url);
  }
  assert.throws(() => parseSqlUrl(7 as unknown as string), {
    name: "TypeError",
    message: /database URL 7: expected/,
  });
});

test("parseSqlUrl shows no secrets in its messages", () => {
  for (const url of ["postgres://me:s3cret@host/db?token=s3cret", "libsql://?authToken=s3cret"]) {
    assert.throws(() => parseSqlUrl(url), (error: Error) => !error.message.includes("s3cret"));
  }
});
