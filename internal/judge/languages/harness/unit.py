"""Runs test files with unittest or pytest and reports every test on descriptor 4, each line after the nonce that came on descriptor 3.

The framework is loaded and bound before the first file of the candidate's. What that changes in it later is noticed, and nothing passes
any more.
"""

import os
import sys

sys.dont_write_bytecode = True
nonce = b""
while not nonce.endswith(b"\n"):
    nonce += os.read(3, 1) or b"\n"
os.close(3)

import builtins
import importlib.util
import re
import time
import traceback
import unittest
import unittest.async_case
import unittest.mock
from _json import encode_basestring_ascii as quote

if sys.argv[1] == "pytest":
    import pytest

BOX = "/box/"


def code(value):
    return getattr(getattr(value, "__func__", value), "__code__", None)


def functions(owner):
    return {n: (v, code(v)) for n, v in list(owner.__dict__.items()) if callable(v) or isinstance(v, (classmethod, staticmethod))}


def judgement(names):
    return [n for n in names if n.startswith(("assert", "fail"))]


def binding(secret, write, quote, now, honest):
    """Holds what deciding and reporting need where the candidate's code does not stumble over it."""
    watched = []

    def watch(owner):
        watched.append((owner, functions(owner)))

    def intact(test):
        for owner, was in watched:
            has = owner.__dict__
            if any(has.get(n) is not v or code(v) is not c for n, (v, c) in was.items()):
                return False
            if any(n not in was for n in judgement(functions(owner))):
                return False
        return not judgement(list(getattr(test, "__dict__", ())))

    def report(state, began=None, id="", name="", file="", text="", test=None):
        if state == "pass" and not intact(test):
            state, text = "fail", "The program changed the test framework."
        elif state == "pass" and not honest():
            state, text = "fail", "The program's own classes decide whether they are equal to what the test asks for."
        took = int((now() - began) * 1000) if began else 0
        text = text.replace(BOX, "")[-16000:]
        line = f'\n{secret} ["{state}", {took}, {quote(id)}, {quote(name)}, {quote(file)}, {quote(text)}]\n'.encode()
        while line:
            line = line[write(4, line) :]

    return watch, report


PLAIN = (int, float, complex, str, bytes, bytearray, bool, type(None), list, tuple, dict, set, frozenset, range)
COMPARISONS = ("__eq__", "__ne__", "__lt__", "__le__", "__gt__", "__ge__")


def equality(tests):
    """Keeps what a test is given from calling itself the equal of what the test asks for: in classes of the candidate's that no test names,
    comparing with a plain value is Python's affair. Returns a check that none of these got comparisons later. A class that type() made and that is
    gone again by then goes unseen: code in one process can always hide something from the rest of it."""
    words = set()
    for file in tests:
        with open(BOX + file, encoding="utf-8", errors="replace") as f:
            words.update(re.findall(r"\w+", f.read()))
    ours = {BOX + file for file in tests}
    build, plain, made = builtins.__build_class__, frozenset(PLAIN), set()

    def theirs(function):
        c = code(function)
        return c is not None and c.co_filename.startswith(BOX) and "/.candor/" not in c.co_filename and c.co_filename not in ours

    def guard(cls, name, was):
        def compare(self, other):
            if type(other) in plain:
                return getattr(next(b for b in type(self).__mro__ if b in plain or b is object), name)(self, other)
            return was(self, other)

        made.add(compare)
        setattr(cls, name, compare)

    def guards(cls):
        for name in COMPARISONS:
            if callable(cls.__dict__.get(name)):
                guard(cls, name, cls.__dict__[name])

    def build_class(body, name, *bases, **more):
        cls = build(body, name, *bases, **more)
        if isinstance(cls, type) and theirs(body) and name not in words:
            guards(cls)
        return cls

    builtins.__build_class__ = build_class
    if "ANY" not in words:
        guards(unittest.mock._ANY)
    if "approx" not in words and sys.argv[1] == "pytest":
        from _pytest import python_api

        for cls in list(vars(python_api).values()):
            if isinstance(cls, type) and cls.__name__.startswith("Approx"):
                guards(cls)

    def honest():
        todo, seen = [object], set()
        while todo:
            for cls in type.__subclasses__(todo.pop()):
                if cls in seen:
                    continue
                seen.add(cls)
                todo.append(cls)
                if cls.__name__ not in words and any(theirs(f) for f in map(cls.__dict__.get, COMPARISONS) if f is not None and f not in made):
                    return False
        return True

    return honest


def shorten(kind, value, trace):
    """The traceback without frames of the framework."""
    told = traceback.TracebackException(kind, value, trace)
    told.stack = traceback.StackSummary.from_list([f for f in told.stack if f.filename.startswith(BOX) and "/.candor/" not in f.filename])
    return "".join(told.format())


class Result(unittest.TestResult):
    """Reports each test when it is over."""

    test = None

    def startTest(self, test):
        super().startTest(test)
        self.test, self.state, self.text, self.began = test, "pass", "", time.perf_counter()

    def fails(self, text, state="fail"):
        if self.state != "error":
            self.state, self.text = state, self.text or text

    def addError(self, test, err):
        if self.test is test:
            self.fails(shorten(*err), "error")
        else:  # setUpClass or setUpModule: its tests do not come
            report("broken", None, test.id(), test.id(), "", shorten(*err))

    def addFailure(self, test, err):
        self.fails(shorten(*err))

    def addSubTest(self, test, subtest, err):
        if err:
            self.fails(f"{subtest}\n{shorten(*err)}", "fail" if issubclass(err[0], test.failureException) else "error")

    def addSkip(self, test, reason):
        if self.state == "pass":
            self.state, self.text = "skip", reason

    def addUnexpectedSuccess(self, test):
        self.fails("The test passed although it is marked as one that fails.")

    def stopTest(self, test):
        super().stopTest(test)
        name = test.shortDescription() or getattr(test, "_testMethodName", test.id())
        report(self.state, self.began, test.id(), name, files.get(type(test).__module__, ""), self.text, test)
        self.test = None


files = {}


def load(file):
    """Imports a test file under the name of its module."""
    name = file.removesuffix(".py").replace("/", ".")
    files[name] = file
    spec = importlib.util.spec_from_file_location(name, BOX + file)
    module = sys.modules[name] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    for value in list(vars(module).values()):
        if isinstance(value, type) and issubclass(value, unittest.TestCase) and value.__module__ == name:
            watch(value)
    return unittest.defaultTestLoader.loadTestsFromModule(module)


def run_unittest(names):
    suite = unittest.TestSuite()
    for file in names:
        try:
            suite.addTest(load(file))
        except BaseException as e:
            if isinstance(e, SystemExit):
                raise
            report("broken", None, file, file, file, shorten(type(e), e, e.__traceback__))
    suite.run(Result())


class Pytest:
    """A plugin that reports each test when its teardown is over."""

    def pytest_collectreport(self, report):
        if report.failed:
            send("broken", None, report.nodeid, report.nodeid, report.nodeid.split("::")[0], str(report.longrepr))

    def pytest_runtest_makereport(self, item, call):
        if call.excinfo:
            self.kind = "fail" if call.excinfo.errisinstance((AssertionError, pytest.fail.Exception)) else "error"
            self.gave_up = call.excinfo.errisinstance(pytest.xfail.Exception)  # called, not declared: that is no more than a skip

    def pytest_runtest_logstart(self, nodeid, location):
        self.state, self.kind, self.gave_up, self.text, self.began = "pass", "fail", False, "", time.perf_counter()

    def pytest_runtest_logreport(self, report):
        if report.failed:
            self.state, self.text = self.kind, self.text or str(report.longrepr)
        elif report.skipped and self.state == "pass" and (self.gave_up or not hasattr(report, "wasxfail")):
            self.state, self.text = "skip", str(report.longrepr)

    def pytest_runtest_logfinish(self, nodeid, location):
        file, _, name = nodeid.partition("::")
        send(self.state, self.began, nodeid, name, file, self.text)


def run_pytest(names):
    pytest.main(["-q", "--tb=short", "-p", "no:cacheprovider", "--rootdir=/box", "--import-mode=importlib", *names], plugins=[Pytest()])


watch, report = binding(nonce.decode().strip(), os.write, quote, time.perf_counter, equality(sys.argv[2:]))
send = report
for module in (unittest.case, unittest.suite, unittest.result, unittest.async_case):
    for owner in [module, *(v for v in vars(module).values() if isinstance(v, type) and v.__module__ == module.__name__)]:
        watch(owner)
for owner in (builtins, traceback.TracebackException, Result, Pytest):
    watch(owner)
# After the standard library and before what else is installed: a file of the candidate's takes nobody's place.
packages = [i for i, p in enumerate(sys.path) if p.endswith("-packages")]
sys.path.insert(packages[0] if packages else len(sys.path), BOX.rstrip("/"))
(run_pytest if sys.argv[1] == "pytest" else run_unittest)(sys.argv[2:])
report("end")
