"""Pickles of protocols 0 to 5 as Python writes them: a line `name protocol hex` for each.

Run with PYTHONHASHSEED=0, so that sets have one order. What needs a package that is not installed is left out.
"""

import collections
import dataclasses
import datetime
import decimal
import enum
import fractions
import pathlib
import pickle
import sys
import types
import uuid
import zoneinfo

# The classes below belong to a module of this name, as if it had been imported.
module = types.ModuleType("shapes")
sys.modules["shapes"] = module


def of_module(thing):
    thing.__module__ = "shapes"
    setattr(module, thing.__name__, thing)
    return thing


Pair = of_module(collections.namedtuple("Pair", "a b"))


@of_module
class Color(enum.Enum):
    RED = 1


@of_module
class Point:
    def __init__(self, x, y):
        self.x = x
        self.y = y


@of_module
class Slots:
    __slots__ = ("a", "b")

    def __init__(self):
        self.a = 1
        self.b = (2, [3])


@of_module
class OwnList(list):
    pass


@of_module
class OwnDict(dict):
    pass


@of_module
@dataclasses.dataclass
class Data:
    name: str
    parts: tuple


@of_module
class Named:
    def __getnewargs_ex__(self):
        return ((1,), {"flag": True})

    def __new__(cls, one, flag):
        return object.__new__(cls)


own_list = OwnList([1, 2])
own_list.note = "kept"
own_dict = OwnDict(a=1)
own_dict.note = "kept"
shared = ["shared"]
cycle = []
cycle.append(cycle)
dict_cycle = {}
dict_cycle["self"] = dict_cycle
numbered_cycle = {1: "one"}
numbered_cycle[2] = numbered_cycle
large_cycle = {i: i for i in range(1100)}
large_cycle[0] = large_cycle
tuple_cycle = ([],)
tuple_cycle[0].append(tuple_cycle)
counter = collections.Counter("aab")
default = collections.defaultdict(int, a=1)
dt = datetime.datetime
utc = datetime.timezone.utc
hours = lambda h, m=0: datetime.timezone(datetime.timedelta(hours=h, minutes=m))
error = ValueError("wrong", 3)
error.note = "kept"

VALUES = {
    "none": None,
    "bools": [True, False],
    "ints": [0, 1, 255, 256, 65535, 65536, 2**31 - 1, 2**31, 2**53 - 1],
    "negative": [-1, -128, -129, -(2**31), -(2**31) - 1, -(2**53) + 1],
    "huge": [2**53, -(2**53), 2**64, -(2**200), 3**2000],
    "floats": [0.0, -0.0, 1.5, 1e300, 5e-324, 0.1, float("nan"), float("inf"), float("-inf")],
    "strings": ["", "a", "é€𝄞", "line\nfeed\r\\ \x1a\0", "x" * 300, "\ud800", "a\udc00b", "'\""],
    "bytes": [b"", b"\0\xff", b"x" * 300],
    "bytearray": bytearray(b"\0\xffab"),
    "lists": [[], [1], [1, [2, [3]]], list(range(1100))],
    "tuples": [(), (1,), (1, 2), (1, 2, 3), (1, 2, 3, 4)],
    "dict": {"b": 1, "a": {"": None}, "__proto__": 2},
    "numbered dict": {1: "a", 2.5: "b", None: "c", (1, 2): "d"},
    "mixed dict": {"a": 1, 2: "b", "c": 3},
    "set": {1},
    "frozenset": frozenset([1, 2]),
    "shared": [shared, {"again": shared}],
    "cycle": cycle,
    "dict cycle": dict_cycle,
    "numbered cycle": numbered_cycle,
    "large numbered cycle": large_cycle,
    "tuple cycle": tuple_cycle,
    "datetime aware": dt(2024, 2, 29, 1, 2, 3, 4000, utc),
    "datetime of microseconds": dt(2024, 2, 29, 1, 2, 3, 4567, utc),
    "datetime naive": dt(2024, 2, 29, 1, 2, 3, 4567),
    "datetime folded": dt(2024, 10, 27, 2, 30, fold=1),
    "datetime of an offset": dt(2024, 2, 29, 1, 2, 3, tzinfo=hours(5, 30)),
    "datetime of a negative offset": dt(2024, 2, 29, 1, 2, 3, tzinfo=hours(-3, -30)),
    "datetime of a named offset": dt(2024, 2, 29, tzinfo=datetime.timezone(datetime.timedelta(hours=1), "CET")),
    "datetime of a zone": dt(2024, 7, 1, 12, tzinfo=zoneinfo.ZoneInfo("Europe/Vienna")),
    "datetime folded in a zone": dt(2024, 10, 27, 2, 30, fold=1, tzinfo=zoneinfo.ZoneInfo("Europe/Vienna")),
    "datetime that a zone skips": dt(2024, 3, 31, 2, 30, tzinfo=zoneinfo.ZoneInfo("Europe/Vienna")),
    "date": datetime.date(9999, 12, 31),
    "time": datetime.time(23, 59, 59, 999999),
    "time aware": datetime.time(1, 2, tzinfo=utc),
    "timedelta": [datetime.timedelta(1, 2, 3), datetime.timedelta(0, -1), datetime.timedelta(-2, 5, 7)],
    "timezone": utc,
    "decimal": decimal.Decimal("1.10"),
    "fraction": fractions.Fraction(1, 3),
    "uuid": uuid.UUID(int=5),
    "complex": 1 + 2j,
    "ordered dict": collections.OrderedDict([("b", 1), ("a", 2)]),
    "default dict": default,
    "counter": counter,
    "deque": collections.deque([1, 2], maxlen=3),
    "named tuple": Pair(1, (2, "b")),
    "path": pathlib.PurePosixPath("a/b"),
    "enum": Color.RED,
    "instance": Point(1, [2, (3,)]),
    "slots": Slots(),
    "dataclass": Data("n", (1, 2)),
    "list subclass": own_list,
    "dict subclass": own_dict,
    "range": range(1, 10, 2),
    "slice": slice(1, None, 2),
    "exception": error,
    "function by name": len,
    "class": collections.OrderedDict,
    "method by name": str.upper,
    "new with names": Named(1, flag=True),
    "empty set": set(),
}

PACKAGES = {}

try:
    import numpy as np

    grid = np.arange(6, dtype="<i4").reshape(2, 3)
    PACKAGES.update({
        "numpy 0-d": np.array(1.5),
        "numpy 1-d": np.array([1, 2, 3], dtype="<u2"),
        "numpy 2-d": grid,
        "numpy Fortran": np.asfortranarray(grid),
        "numpy 3-d Fortran": np.asfortranarray(np.arange(24, dtype="u1").reshape(2, 3, 4)),
        "numpy strided": np.arange(10, dtype="<i8")[::3],
        "numpy big-endian": np.array([1, 258], dtype=">i4"),
        "numpy bool": np.array([True, False]),
        "numpy float16": np.array([1.5], dtype="<f2"),
        "numpy complex": np.array([1 + 2j, -0.5j]),
        "numpy complex64": np.array([1 + 2j], dtype="<c8"),
        "numpy datetime64": np.array(["2024-02-29", "NaT"], dtype="datetime64[ns]"),
        "numpy timedelta64": np.array([1, 2], dtype="timedelta64[25us]"),
        "numpy empty": np.zeros((0, 3)),
        "numpy one byte each": [np.array([5], dtype="u1"), np.array([5], dtype="u1")],
        "numpy object": np.array([1, "a", None], dtype=object),
        "numpy structured": np.array([(1, 2.5)], dtype=[("a", "<i4"), ("b", "<f8")]),
        "numpy str": np.array(["a", "bc"]),
        "numpy scalars": [np.float64(1.5), np.int64(-3), np.uint8(7), np.bool_(True), np.float32(0.5),
                          np.int64(2**60)],
        "numpy complex scalar": np.complex128(1 + 2j),
        "numpy dtype": np.dtype("<f8"),
    })
except ImportError:
    pass


# Compiled under a name of its own: functions name the file that they come from.
names = {"__name__": "shapes"}
exec(compile("def adder(n):\n    return lambda value: value + n\n", "shapes.py", "exec"), names)
adder = names["adder"]


def line(name, protocol, content):
    print(name, protocol, content.hex(), sep="\t")


if __name__ == "__main__":
    for values in (VALUES, PACKAGES):
        for name, value in values.items():
            for protocol in range(6):
                try:
                    content = pickle.dumps(value, protocol)
                except (TypeError, pickle.PicklingError, ValueError):
                    # Old protocols have no way for some: named arguments of __new__, slots.
                    continue
                line(name, protocol, content)
    try:
        import cloudpickle
        import dill

        for protocol in (4, 5):
            line("cloudpickle lambda", protocol, cloudpickle.dumps(adder(3), protocol))
            line("cloudpickle data", protocol, cloudpickle.dumps({"a": [1, (2.5, None)]}, protocol))
            line("dill lambda", protocol, dill.dumps(adder(3), protocol))
            line("dill data", protocol, dill.dumps({"a": [1, (2.5, None)]}, protocol))
    except ImportError:
        pass
