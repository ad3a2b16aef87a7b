"""Python's own pickle, timed by Python: reads a value from a file, then one command a line, and answers each in JSON.

    pickle_clock.py json|array|numpy FILE

First answer: {"sizeBytes": ...} or {"absent": ...}; then "encode N" and "decode N" give {"ms": ...} for N calls.
"""

import array
import json
import pickle
import sys
import time

PROTOCOL = 4


def answer(**fields):
    print(json.dumps(fields), flush=True)


def read(form, path):
    if form == "json":
        with open(path, encoding="utf-8") as file:
            return json.load(file)
    with open(path, "rb") as file:
        content = file.read()
    if form == "array":
        return [array.array("d", content)]
    import numpy

    return [numpy.frombuffer(content, dtype="<f8").copy()]


def timed(function, items, calls):
    count = len(items)
    start = time.perf_counter()
    for i in range(calls):
        function(items[i % count])
    return (time.perf_counter() - start) * 1000


def main():
    _, form, path = sys.argv
    try:
        values = read(form, path)
    except ImportError as error:
        return answer(absent=str(error))
    pickles = [pickle.dumps(value, PROTOCOL) for value in values]
    for value, pickled in zip(values, pickles):
        same = pickle.loads(pickled) == value
        assert same.all() if form == "numpy" else same
    answer(sizeBytes=round(sum(map(len, pickles)) / len(pickles)))
    for line in sys.stdin:
        job, calls = line.split()
        if job == "encode":
            ms = timed(lambda value: pickle.dumps(value, PROTOCOL), values, int(calls))
        else:
            ms = timed(pickle.loads, pickles, int(calls))
        answer(ms=ms)


main()
