import assert from "node:assert/strict";
import test from "node:test";
import {
  configurationPath,
  homeFolder,
  pathFault,
  type PathSurroundings,
  resolvePath,
} from "../../src/config/paths.ts";

function surroundings(
  variables: Record<string, string>,
  rest: { windows?: boolean; home?: string } = {},
): PathSurroundings {
  return {
    windows: rest.windows ?? false,
    variable: (name) => variables[name],
    systemHome: () => rest.home,
  };
}

const xdg: readonly [says: string, around: PathSurroundings, path: string | undefined][] = [
  ["unset", surroundings({ HOME: "/home/me" }), "/home/me/.config/fleche/cache.toml"],
  ["empty", surroundings({ HOME: "/home/me", XDG_CONFIG_HOME: "" }), "/home/me/.config/fleche/cache.toml"],
  [
    "relative",
    surroundings({ HOME: "/home/me", XDG_CONFIG_HOME: "conf" }),
    "/home/me/.config/fleche/cache.toml",
  ],
  ["~", surroundings({ HOME: "/home/me", XDG_CONFIG_HOME: "~/c" }), "/home/me/.config/fleche/cache.toml"],
  ["absolute", surroundings({ HOME: "/home/me", XDG_CONFIG_HOME: "/etc/xdg" }), "/etc/xdg/fleche/cache.toml"],
  ["absolute, slash", surroundings({ XDG_CONFIG_HOME: "/etc/xdg/" }), "/etc/xdg/fleche/cache.toml"],
  ["absolute, no home", surroundings({ XDG_CONFIG_HOME: "/etc/xdg" }), "/etc/xdg/fleche/cache.toml"],
  ["unset, no HOME", surroundings({}, { home: "/root" }), "/root/.config/fleche/cache.toml"],
  ["unset, empty HOME", surroundings({ HOME: "" }, { home: "/root" }), "/root/.config/fleche/cache.toml"],
  [
    "unset, relative HOME",
    surroundings({ HOME: "me" }, { home: "/root" }),
    "/root/.config/fleche/cache.toml",
  ],
  ["unset, no home at all", surroundings({}), undefined],
  [
    "unset, Windows",
    surroundings({ USERPROFILE: "C:\\Users\\me", HOME: "/c/Users/other" }, { windows: true }),
    "C:\\Users\\me\\.config\\fleche\\cache.toml",
  ],
  [
    "absolute, Windows",
    surroundings({ USERPROFILE: "C:\\Users\\me", XDG_CONFIG_HOME: "D:\\conf" }, { windows: true }),
    "D:\\conf\\fleche\\cache.toml",
  ],
  [
    "relative, Windows",
    surroundings({ USERPROFILE: "C:\\Users\\me", XDG_CONFIG_HOME: "conf" }, { windows: true }),
    "C:\\Users\\me\\.config\\fleche\\cache.toml",
  ],
];
for (const [says, around, path] of xdg) {
  test(`configurationPath follows the XDG rule: ${says}`, () =>
    assert.equal(configurationPath(around), path));
}

test("homeFolder asks the system only where the environment has none", () => {
  const around: PathSurroundings = {
    windows: false,
    variable: () => "/home/me",
    systemHome: () => assert.fail("asked"),
  };
  assert.equal(homeFolder(around), "/home/me");
});

test("homeFolder finds this process's own", () => {
  assert.equal(homeFolder(), process.env["HOME"]);
});

const linux = surroundings({ HOME: "/home/me" });
const windows = surroundings({ USERPROFILE: "C:\\Users\\me" }, { windows: true });
const resolved: readonly [
  path: string,
  folder: string | undefined,
  around: PathSurroundings,
  is: string | undefined,
][] = [
  ["~", "/etc", linux, "/home/me"],
  ["~/", "/etc", linux, "/home/me/"],
  ["~/a/../b", "/etc", linux, "/home/me/b"],
  ["a/b", "/etc", linux, "/etc/a/b"],
  ["./~x", "/etc", linux, "/etc/~x"],
  ["../a", "/etc/fleche", linux, "/etc/a"],
  ["...", "/etc", linux, "/etc/..."],
  ["/abs/./x", "/etc", linux, "/abs/x"],
  ["a b/ü", "/etc", linux, "/etc/a b/ü"],
  ["a/b", undefined, linux, "a/b"],
  ["~\\x", "/etc", linux, "/etc/~\\x"],
  ["~/x", "/etc", surroundings({}), undefined],
  ["~/x", "D:\\conf", windows, "C:\\Users\\me\\x"],
  ["~\\x", "D:\\conf", windows, "C:\\Users\\me\\x"],
  ["values\\v", "D:\\conf", windows, "D:\\conf\\values\\v"],
  ["E:\\values", "D:\\conf", windows, "E:\\values"],
];
for (const [path, folder, around, is] of resolved) {
  const where = `${JSON.stringify(path)} in ${folder ?? "no folder"}${around.windows ? " (Windows)" : ""}`;
  test(`resolvePath resolves ${where} with home ${homeFolder(around)}`, () => {
    assert.equal(resolvePath(path, folder, around), is);
  });
}

test("pathFault refuses what no path is", () => {
  assert.equal(pathFault(""), "a path that is not empty");
  assert.equal(pathFault("a\0b"), "a path without zero characters");
  assert.equal(
    pathFault("~you/x"),
    `"~/…" for the home folder, or "./~you/x" for a name that begins with "~"`,
  );
  for (const path of ["a", "~", "~/a", "/", "./~you"]) assert.equal(pathFault(path), undefined, path);
});
