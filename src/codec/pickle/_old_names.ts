/**
 * Names of Python 2 that Python 3 knows otherwise. Python writes them into pickles of protocols 0 to 2 and translates them
 * back in these alone (https://github.com/python/cpython/blob/3.13/Lib/_compat_pickle.py), and so does this module: dill
 * means something else by `__builtin__` in newer ones.
 *
 * @module
 */

const MODULES: Readonly<Record<string, string>> = {
  __builtin__: "builtins",
  copy_reg: "copyreg",
  exceptions: "builtins",
  cPickle: "pickle",
  Queue: "queue",
  ConfigParser: "configparser",
  UserDict: "collections",
  UserList: "collections",
  UserString: "collections",
  _abcoll: "collections.abc",
};

const BUILTINS: Readonly<Record<string, string>> = {
  long: "int",
  xrange: "range",
  unicode: "str",
  basestring: "str",
  unichr: "chr",
  StandardError: "Exception",
};

/** numpy 2 moved what its pickles name; the old names are read by every version. */
const NUMPY: Readonly<Record<string, string>> = {
  "numpy._core.multiarray": "numpy.core.multiarray",
  "numpy._core.numeric": "numpy.core.numeric",
};

/** A module and a name in it as Python 3 and numpy have them. */
export function presentName(
  module: string,
  name: string,
  protocol: number,
): { readonly module: string; readonly name: string } {
  if (Object.hasOwn(NUMPY, module)) return { module: NUMPY[module] ?? module, name };
  if (protocol >= 3 || !Object.hasOwn(MODULES, module)) return { module, name };
  const present = MODULES[module] ?? module;
  const isRenamed = present === "builtins" && Object.hasOwn(BUILTINS, name);
  return { module: present, name: isRenamed ? BUILTINS[name] ?? name : name };
}
