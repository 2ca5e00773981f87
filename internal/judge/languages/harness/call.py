"""Calls the candidate's function once: a nonce and the arguments come on descriptor 3, the value goes out on descriptor 4."""

import os
import sys

sys.dont_write_bytecode = True
with os.fdopen(3, encoding="utf-8") as given:
    nonce, args = given.read().split("\n", 1)

import importlib.util
import json

dumps, write = json.dumps, os.write
# After the standard library and before what else is installed: a file of the candidate's takes nobody's place.
packages = [i for i, p in enumerate(sys.path) if p.endswith("-packages")]
sys.path.insert(packages[0] if packages else len(sys.path), "/box")
spec = importlib.util.spec_from_file_location("solution", "/box/solution.py")
module = sys.modules["solution"] = importlib.util.module_from_spec(spec)
spec.loader.exec_module(module)
function = getattr(module, "NAME", None)
if not callable(function):
    sys.exit("solution.py has no function NAME")
value = function(*json.loads(args))
line = f"\n{nonce} {dumps(value, allow_nan=False)}\n".encode()
while line:
    line = line[write(4, line) :]
