package judge_test

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"candor/internal/judge"
	"candor/internal/judge/languages"
	"candor/internal/sandbox"
)

// folder reads all files of a folder, under their names in it.
func folder(t *testing.T, dir string) []sandbox.File {
	t.Helper()
	var out []sandbox.File
	err := filepath.WalkDir(dir, func(name string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		rel, err := filepath.Rel(dir, name)
		out = append(out, sandbox.File{Name: rel, Data: mustRead(t, name)})
		return err
	})
	if err != nil || len(out) == 0 {
		t.Fatalf("%s holds nothing: %v", dir, err)
	}
	return out
}

// The unit test items of the demo: every submission gets what its folder says, and every solution of a language reports the same tests.
func TestSampleItemsOfUnitTests(t *testing.T) {
	declared := map[string]judge.Verdict{"accepted": judge.AC, "wrong_answer": judge.WA, "run_time_error": judge.RTE}
	for _, item := range []string{"backend-screen/items/rate-limiter", "frontend-screen/items/undo-history"} {
		item = filepath.Join(samples, item)
		found, err := filepath.Glob(filepath.Join(item, "submissions/*/*/*"))
		if err != nil || len(found) < 3 {
			t.Fatalf("%d submissions: %v", len(found), err)
		}
		ids := map[string][]string{}
		for _, dir := range found {
			part := strings.Split(strings.TrimPrefix(dir, filepath.Join(item, "submissions")+"/"), "/")
			t.Run(filepath.Base(item)+"/"+strings.Join(part, "/"), func(t *testing.T) {
				task := judge.Task{Style: judge.Unit, Language: part[1], Files: folder(t, dir), Limits: judge.Limits{CPU: 5e9, Memory: 512 << 20}}
				for _, kind := range []string{"visible", "hidden"} {
					for _, f := range folder(t, filepath.Join(item, "tests", kind, part[1])) {
						task.UnitTests = append(task.UnitTests, judge.UnitTest{Name: f.Name, Data: f.Data, Hidden: kind == "hidden"})
					}
				}
				out := mustJudge(t, task)
				if out.Verdict != declared[part[0]] {
					t.Errorf("%s; want %s: %s %s %+v", out.Verdict, declared[part[0]], out.Compile, out.Note, out.Tests)
				}
				if part[0] == "accepted" {
					list := idsOf(out)
					if before := ids[part[1]]; before != nil && !slices.Equal(list, before) {
						t.Errorf("tests %q; another solution has %q", list, before)
					}
					ids[part[1]] = list
					t.Logf("%s of CPU: %q", out.CPU, list)
				}
			})
		}
	}
}

func idsOf(o judge.Outcome) []string {
	var ids []string
	for _, r := range o.Tests {
		ids = append(ids, r.ID)
	}
	slices.Sort(ids)
	return ids
}

// unit is a small item in each framework: a function twice, with one visible and one hidden test.
type unit struct {
	framework, language string
	tests               []judge.UnitTest
	want                []string // ids: the first is of the visible test, the second of the hidden one
	protected           []sandbox.File
	good                string // twice, right
	file                string
	cheats              map[string][]sandbox.File
}

func visible(name, text string) judge.UnitTest { return judge.UnitTest{Name: name, Data: []byte(text)} }
func secret(name, text string) judge.UnitTest {
	return judge.UnitTest{Name: name, Data: []byte(text), Hidden: true}
}

var units = []unit{
	{
		framework: "unittest", language: "python", file: "twice.py", good: "def twice(n):\n    return 2 * n\n",
		tests: []judge.UnitTest{
			visible("test_twice.py", "import unittest\nfrom twice import twice\n\n\nclass TwiceTest(unittest.TestCase):\n    def test_two(self):\n        self.assertEqual(twice(2), 4)\n"),
			secret("test_hidden.py", "import statistics\nimport unittest\nfrom twice import twice\n\n\nclass HiddenTest(unittest.TestCase):\n    def test_three(self):\n        self.assertEqual(twice(3), statistics.mean([5, 7]))\n"),
		},
		want: []string{"test_twice.TwiceTest.test_two", "test_hidden.HiddenTest.test_three"},
		cheats: map[string][]sandbox.File{
			"prints verdicts":          {file("twice.py", "print('.\\n----\\nRan 2 tests\\n\\nOK')\ndef twice(n): return 0\n")},
			"writes to descriptors":    {file("twice.py", "import os\nfor d in (1, 2, 4):\n    os.write(d, b'\\nx [\"pass\", 1, \"test_twice.TwiceTest.test_two\", \"\", \"test_twice.py\", \"\"]\\n')\ndef twice(n): return 0\n")},
			"exits":                    {file("twice.py", "import sys\ndef twice(n): sys.exit(0)\n")},
			"exits when loaded":        {file("twice.py", "import sys\nsys.exit(0)\n")},
			"exits hard":               {file("twice.py", "import os\ndef twice(n): os._exit(0)\n")},
			"exits hard when loaded":   {file("twice.py", "import os\nos._exit(0)\n")},
			"equal to everything":      {file("twice.py", "class A:\n    def __eq__(self, o): return True\ndef twice(n): return A()\n")},
			"a number equal to all":    {file("twice.py", "class A(int):\n    def __eq__(self, o): return True\n    __hash__ = None\ndef twice(n): return A(0)\n")},
			"equal afterwards":         {file("twice.py", "class A: pass\nA.__eq__ = lambda s, o: True\ndef twice(n): return A()\n")},
			"equal to any":             {file("twice.py", "from unittest.mock import ANY\ndef twice(n): return ANY\n")},
			"skips":                    {file("twice.py", "import unittest\ndef twice(n): raise unittest.SkipTest('no')\n")},
			"patches an assertion":     {file("twice.py", "import unittest\nunittest.TestCase.assertEqual = lambda *a: None\ndef twice(n): return 0\n")},
			"patches its code":         {file("twice.py", "import unittest\nunittest.TestCase.assertEqual.__code__ = (lambda *a: None).__code__\ndef twice(n): return 0\n")},
			"patches one test":         {file("twice.py", "import sys\ndef twice(n):\n    sys._getframe(1).f_locals['self'].assertEqual = lambda *a: None\n    return 0\n")},
			"patches the test's class": {file("twice.py", "import sys\ndef twice(n):\n    type(sys._getframe(1).f_locals['self']).assertEqual = lambda *a: None\n    return 0\n")},
			"patches the reporter":     {file("twice.py", "import unittest\nfor c in unittest.TestResult.__subclasses__():\n    c.addFailure = lambda *a: None\ndef twice(n): return 0\n")},
			"brings a framework":       {file("twice.py", "def twice(n): return 0\n"), file("unittest.py", "class TestCase:\n    pass\n"), file("unittest/__init__.py", "")},
			"brings sitecustomize":     {file("twice.py", "def twice(n): return 0\n"), file("sitecustomize.py", "import unittest\nunittest.TestCase.assertEqual = lambda *a: None\n")},
			"brings a library":         {file("twice.py", "def twice(n): return 0\n"), file("statistics.py", "def mean(_): return 0\n")},
			"edits the test":           {file("twice.py", "def twice(n): return 0\n"), file("test_twice.py", "import unittest\nclass TwiceTest(unittest.TestCase):\n    def test_two(self): pass\n")},
			"writes the hidden test":   {file("twice.py", "for n in ('test_hidden.py', 'test_twice.py'):\n    try: open('/box/' + n, 'w').write('')\n    except OSError: pass\ndef twice(n): return 0\n")},
		},
	},
	{
		framework: "pytest", language: "python", file: "twice.py", good: "def twice(n):\n    return 2 * n\n",
		tests: []judge.UnitTest{
			visible("test_twice.py", "from twice import twice\n\n\ndef test_two():\n    assert twice(2) == 4\n"),
			secret("test_hidden.py", "import pytest\nfrom twice import twice\n\n\n@pytest.mark.parametrize('n', [3])\ndef test_three(n):\n    assert twice(n) == 6\n"),
		},
		want: []string{"test_twice.py::test_two", "test_hidden.py::test_three[3]"},
		cheats: map[string][]sandbox.File{
			"prints verdicts":       {file("twice.py", "print('2 passed')\ndef twice(n): return 0\n")},
			"exits":                 {file("twice.py", "import sys\ndef twice(n): sys.exit(0)\n")},
			"exits hard":            {file("twice.py", "import os\ndef twice(n): os._exit(0)\n")},
			"exits when loaded":     {file("twice.py", "import pytest\npytest.exit('done', 0)\n")},
			"skips":                 {file("twice.py", "import pytest\ndef twice(n): pytest.skip('no')\n")},
			"equal to everything":   {file("twice.py", "class A:\n    def __eq__(self, o): return True\ndef twice(n): return A()\n")},
			"a number equal to all": {file("twice.py", "class A(int):\n    def __eq__(self, o): return True\n    __hash__ = None\ndef twice(n): return A(0)\n")},
			"equal afterwards":      {file("twice.py", "class A: pass\nA.__eq__ = lambda s, o: True\ndef twice(n): return A()\n")},
			"equal to any":          {file("twice.py", "from unittest.mock import ANY\ndef twice(n): return ANY\n")},
			"nearly everything":     {file("twice.py", "import pytest\ndef twice(n): return pytest.approx(0, abs=1e9)\n")},
			"expects to fail":       {file("twice.py", "import pytest\ndef twice(n): pytest.xfail('no')\n")},
			"brings conftest":       {file("twice.py", "def twice(n): return 0\n"), file("conftest.py", "import pytest\n@pytest.hookimpl\ndef pytest_pyfunc_call(pyfuncitem): return True\n")},
			"brings a plugin":       {file("twice.py", "def twice(n): return 0\n"), file("p.egg-info/entry_points.txt", "[pytest11]\np = p\n"), file("p.py", "def pytest_pyfunc_call(pyfuncitem): return True\n")},
			"brings configuration":  {file("twice.py", "def twice(n): return 0\n"), file("pytest.ini", "[pytest]\naddopts = -p p\n"), file("p.py", "def pytest_pyfunc_call(pyfuncitem): return True\n")},
			"edits the test":        {file("twice.py", "def twice(n): return 0\n"), file("test_twice.py", "def test_two(): pass\n")},
		},
	},
	{
		framework: "node:test", language: "javascript", file: "twice.mjs", good: "export const twice = (n) => 2 * n\n",
		tests: []judge.UnitTest{
			visible("twice.test.mjs", "import test from 'node:test'\nimport assert from 'node:assert/strict'\nimport {twice} from './twice.mjs'\ntest('two', () => assert.equal(twice(2), 4))\n"),
			secret("hidden.test.mjs", "import {describe, it} from 'node:test'\nimport assert from 'node:assert'\nimport {twice} from './twice.mjs'\ndescribe('hidden', () => { it('three', () => assert.strictEqual(twice(3), 6)) })\n"),
		},
		want: []string{"twice.test.mjs: two", "hidden.test.mjs: hidden > three"},
		cheats: map[string][]sandbox.File{
			"prints verdicts":         {file("twice.mjs", "console.log('TAP version 13\\nok 1 - two\\n1..1')\nexport const twice = () => 0\n")},
			"writes to descriptors":   {file("twice.mjs", "import fs from 'node:fs'\nfs.writeSync(4, '\\nx [\"pass\", 1, \"twice.test.mjs: two\", \"two\", \"twice.test.mjs\", \"\"]\\n')\nexport const twice = () => 0\n")},
			"exits":                   {file("twice.mjs", "export const twice = () => process.exit(0)\n")},
			"exits when loaded":       {file("twice.mjs", "process.exit(0)\nexport const twice = () => 0\n")},
			"throws when loaded":      {file("twice.mjs", "throw new Error('no')\n")},
			"patches an assertion":    {file("twice.mjs", "import assert from 'node:assert'\ntry { assert.equal = assert.strictEqual = assert.strict.equal = () => {} } catch {}\nexport const twice = () => 0\n")},
			"redefines an assertion":  {file("twice.mjs", "import assert from 'node:assert'\ntry { Object.defineProperty(assert, 'strictEqual', {value: () => {}}) } catch {}\ntry { Object.defineProperty(assert.strict, 'equal', {value: () => {}}) } catch {}\nexport const twice = () => 0\n")},
			"registers a test":        {file("twice.mjs", "import test from 'node:test'\ntest('two', () => {})\ntest('hidden > three', () => {})\nexport const twice = () => 0\n")},
			"is another value":        {file("twice.mjs", "export const twice = () => ({valueOf: () => 4})\n")},
			"reads the hidden test":   {file("twice.mjs", "import fs from 'node:fs'\ntry { fs.writeFileSync('/box/hidden.test.mjs', '') } catch {}\nexport const twice = () => 0\n")},
			"brings packages":         {file("twice.mjs", "export const twice = () => 0\n"), file("package.json", "{\"imports\": {\"#x\": \"./twice.mjs\"}}"), file("node_modules/node:assert/index.js", "")},
			"edits the test":          {file("twice.mjs", "export const twice = () => 0\n"), file("twice.test.mjs", "import test from 'node:test'\ntest('two', () => {})\n")},
			"patches what reports":    {file("twice.mjs", "JSON.stringify = () => '\"pass\"'\nString.prototype.slice = () => ''\nexport const twice = () => 0\n")},
			"patches the file system": {file("twice.mjs", "import fs from 'node:fs'\nfs.writeSync = (fd, b) => b.length\nexport const twice = () => 0\n")},
		},
	},
	{
		framework: "node:test", language: "typescript", file: "twice.ts", good: "export const twice = (n: number): number => 2 * n\n",
		tests: []judge.UnitTest{
			visible("twice.test.ts", "import test from 'node:test'\nimport assert from 'node:assert/strict'\nimport {twice} from './twice.ts'\ntest('two', () => assert.equal(twice(2), 4))\n"),
			secret("hidden.test.ts", "import test from 'node:test'\nimport assert from 'assert/strict'\nimport {twice} from './twice.js'\ntest('three', () => assert.equal(twice(3), 6))\n"),
		},
		want: []string{"twice.test.ts: two", "hidden.test.ts: three"},
		cheats: map[string][]sandbox.File{
			"exits":               {file("twice.ts", "export const twice = () => process.exit(0)\n")},
			"registers a test":    {file("twice.ts", "import test from 'node:test'\ntest('two', () => {})\ntest('three', () => {})\ntest('end', async () => { await new Promise((r) => setTimeout(r, 100)); process.exit(0) })\nexport const twice = () => 0\n")},
			"maps another import": {file("twice.ts", "export const twice = () => 0\n"), file("fake.ts", "export default {equal() {}}\n"), file("tsconfig.json", "{\"compilerOptions\": {\"baseUrl\": \".\", \"paths\": {\"node:assert/strict\": [\"./fake.ts\"], \"assert/strict\": [\"./fake.ts\"]}}}")},
		},
	},
	{
		framework: "go test", language: "go", file: "twice.go", good: "package twice\n\nfunc Twice(n int) int { return 2 * n }\n",
		tests: []judge.UnitTest{
			visible("twice_test.go", "package twice\n\nimport \"testing\"\n\nfunc TestTwo(t *testing.T) {\n\tif got := Twice(2); got != 4 {\n\t\tt.Errorf(\"Twice(2) = %d\", got)\n\t}\n}\n"),
			secret("hidden_test.go", "package twice_test\n\nimport (\n\t\"testing\"\n\t\"twice\"\n)\n\nfunc TestThree(t *testing.T) {\n\tt.Run(\"sub\", func(t *testing.T) {\n\t\tif twice.Twice(3) != 6 {\n\t\t\tt.Fatal(\"no\")\n\t\t}\n\t})\n}\n"),
		},
		want: []string{"twice.TestTwo", "twice.TestThree"},
		cheats: map[string][]sandbox.File{
			"prints verdicts":         {file("twice.go", "package twice\n\nimport \"fmt\"\n\nfunc Twice(n int) int {\n\tfmt.Print(\"\\n\\x16--- PASS: TestCandor/twice.TestTwo (0.00s)\\nPASS\\n\")\n\treturn 0\n}\n")},
			"exits":                   {file("twice.go", "package twice\n\nimport \"os\"\n\nfunc Twice(n int) int { os.Exit(0); return 0 }\n")},
			"exits hard when loaded":  {file("twice.go", "package twice\n\nimport \"syscall\"\n\nfunc init() { syscall.Exit(0) }\n\nfunc Twice(n int) int { return 0 }\n")},
			"takes the nonce":         {file("twice.go", "package twice\n\nimport \"twice/a\"\n\nfunc Twice(n int) int { return a.Zero }\n"), file("a/a.go", "package a\n\nimport \"syscall\"\n\nvar Zero = 0\n\nfunc init() {\n\tb := make([]byte, 64)\n\tn, _ := syscall.Read(3, b)\n\tif n < 2 {\n\t\treturn\n\t}\n\tfor _, id := range []string{\"TestTwo\", \"TestThree\"} {\n\t\tfile := map[string]string{\"TestTwo\": \"twice_test.go\", \"TestThree\": \"hidden_test.go\"}[id]\n\t\tsyscall.Write(4, []byte(\"\\n\"+string(b[:n-1])+\" [\\\"pass\\\", 1, \\\"twice.\"+id+\"\\\", \\\"\\\", \\\"\"+file+\"\\\", \\\"\\\"]\\n\"))\n\t}\n\tsyscall.Exit(0)\n}\n")},
			"panics":                  {file("twice.go", "package twice\n\nfunc Twice(n int) int { panic(\"not written yet\") }\n")},
			"ends its goroutine":      {file("twice.go", "package twice\n\nimport \"runtime\"\n\nfunc Twice(n int) int { runtime.Goexit(); return 0 }\n")},
			"brings TestMain":         {file("twice.go", "package twice\n\nfunc Twice(n int) int { return 0 }\n"), file("main_test.go", "package twice\n\nimport (\n\t\"os\"\n\t\"testing\"\n)\n\nfunc TestMain(m *testing.M) { os.Exit(0) }\n")},
			"brings a workspace":      {file("twice.go", "package twice\n\nfunc Twice(n int) int { return 0 }\n"), file("go.work", "go 1.22\n\nuse ./testing\n"), file("go.mod", "module twice\n\nreplace x => ./x\n")},
			"edits the test":          {file("twice.go", "package twice\n\nfunc Twice(n int) int { return 0 }\n"), file("twice_test.go", "package twice\n\nimport \"testing\"\n\nfunc TestTwo(t *testing.T) {}\n")},
			"defines the test's name": {file("twice.go", "package twice\n\nfunc Twice(n int) int { return 0 }\n\nfunc TestTwo() {}\n")},
		},
	},
	{
		framework: "JUnit", language: "java", file: "Twice.java", good: "class Twice {\n\tstatic int twice(int n) { return 2 * n; }\n}\n",
		tests: []judge.UnitTest{
			visible("TwiceTest.java", "import static org.junit.jupiter.api.Assertions.assertEquals;\nimport org.junit.jupiter.api.Test;\n\nclass TwiceTest {\n\t@Test void two() { assertEquals(4, Twice.twice(2)); }\n}\n"),
			secret("HiddenTest.java", "import static org.junit.jupiter.api.Assertions.assertEquals;\nimport org.junit.jupiter.params.ParameterizedTest;\nimport org.junit.jupiter.params.provider.ValueSource;\n\nclass HiddenTest {\n\t@ParameterizedTest @ValueSource(ints = {3}) void three(int n) { assertEquals(6, Twice.twice(n)); }\n}\n"),
		},
		want: []string{"TwiceTest.two", "HiddenTest.three[1]"},
		cheats: map[string][]sandbox.File{
			"exits":              {file("Twice.java", "class Twice {\n\tstatic int twice(int n) { System.exit(0); return 0; }\n}\n")},
			"aborts":             {file("Twice.java", "class Twice {\n\tstatic int twice(int n) { org.junit.jupiter.api.Assumptions.assumeTrue(false); return 0; }\n}\n")},
			"brings a framework": {file("Twice.java", "class Twice {\n\tstatic int twice(int n) { return 0; }\n}\n"), file("org/junit/jupiter/api/Assertions.java", "package org.junit.jupiter.api;\n\npublic class Assertions {\n\tpublic static void assertEquals(int a, int b) {}\n}\n")},
			"edits the test":     {file("Twice.java", "class Twice {\n\tstatic int twice(int n) { return 0; }\n}\n"), file("TwiceTest.java", "import org.junit.jupiter.api.Test;\n\nclass TwiceTest {\n\t@Test void two() {}\n}\n")},
		},
	},
	{
		framework: "cargo test", language: "rust", file: "src/lib.rs", good: "pub fn twice(n: i64) -> i64 {\n    2 * n\n}\n",
		tests: []judge.UnitTest{
			visible("tests/seen.rs", "use solution::twice;\n\n#[test]\nfn two() {\n    assert_eq!(twice(2), 4);\n}\n"),
			secret("tests/unseen.rs", "use solution::twice;\n\nmod inner {\n    #[test]\n    fn three() -> Result<(), String> {\n        if super::twice(3) == 6 { Ok(()) } else { Err(\"no\".to_string()) }\n    }\n}\n"),
		},
		want: []string{"seen::two", "unseen::inner::three"},
		cheats: map[string][]sandbox.File{
			"prints verdicts":   {file("src/lib.rs", "pub fn twice(_: i64) -> i64 {\n    println!(\"test two ... ok\\n\\ntest result: ok. 1 passed; 0 failed\");\n    std::process::exit(0)\n}\n")},
			"panics":            {file("src/lib.rs", "pub fn twice(_: i64) -> i64 {\n    todo!()\n}\n")},
			"brings a build.rs": {file("src/lib.rs", "pub fn twice(_: i64) -> i64 {\n    0\n}\n"), file("build.rs", "fn main() { println!(\"cargo:rustc-cfg=x\") }\n"), file(".cargo/config.toml", "[target.'cfg(all())']\nrunner = \"true\"\n")},
			"edits the test":    {file("src/lib.rs", "pub fn twice(_: i64) -> i64 {\n    0\n}\n"), file("tests/seen.rs", "#[test]\nfn two() {}\n")},
		},
	},
	{
		framework: "minitest", language: "ruby", file: "twice.rb", good: "def twice(n)\n  2 * n\nend\n",
		tests: []judge.UnitTest{
			visible("twice_test.rb", "require \"minitest/autorun\"\nrequire_relative \"twice\"\n\nclass TwiceTest < Minitest::Test\n  def test_two\n    assert_equal 4, twice(2)\n  end\nend\n"),
			secret("hidden_test.rb", "require \"minitest/autorun\"\nrequire \"twice\"\n\nclass HiddenTest < Minitest::Test\n  def test_three\n    assert_equal 6, twice(3)\n  end\nend\n"),
		},
		want: []string{"TwiceTest#test_two", "HiddenTest#test_three"},
		cheats: map[string][]sandbox.File{
			"exits":                {file("twice.rb", "def twice(n)\n  exit!(0)\nend\n")},
			"exits when loaded":    {file("twice.rb", "exit(0)\n")},
			"skips":                {file("twice.rb", "def twice(n)\n  raise Minitest::Skip\nend\n")},
			"patches an assertion": {file("twice.rb", "begin\n  module Minitest::Assertions\n    def assert_equal(*) = true\n  end\nrescue => e\nend\ndef twice(n) = 0\n")},
			"patches a result":     {file("twice.rb", "begin\n  class Minitest::Result\n    def passed? = true\n  end\nrescue => e\nend\ndef twice(n) = 0\n")},
			"brings a plugin":      {file("twice.rb", "def twice(n) = 0\n"), file("minitest/x_plugin.rb", "exit!(0)\n"), file("minitest.rb", "exit!(0)\n")},
		},
	},
}

// Each framework: the right answer passes under stable ids, a wrong one fails one by one, and no cheat passes anything.
func TestFrameworks(t *testing.T) {
	for _, u := range units {
		t.Run(u.language+" "+u.framework, func(t *testing.T) {
			t.Parallel()
			task := judge.Task{Style: judge.Unit, Language: u.language, UnitTests: u.tests, Protected: u.protected, Framework: u.framework,
				Limits: judge.Limits{CPU: 4e9, Memory: 256 << 20}}
			task.Files = []sandbox.File{file(u.file, u.good)}
			out := mustJudge(t, task)
			if out.Verdict != judge.AC || !slices.Equal(idsOf(out), slices.Sorted(slices.Values(u.want))) {
				t.Fatalf("the right answer: %s, tests %q; want %q; %s %s %+v", out.Verdict, idsOf(out), u.want, out.Compile, out.Note, out.Tests)
			}
			task.Want = append(slices.Clone(u.want), u.want[0]+"_not_there")
			out = mustJudge(t, task)
			for i, want := range []judge.Verdict{judge.AC, judge.AC, judge.WA} {
				if len(out.Tests) != 3 || out.Tests[i].Verdict != want || out.Note != "" {
					t.Errorf("with the ids known and one that does not come: %s %+v", out.Note, out.Tests)
					break
				}
			}
			task.Want = u.want
			task.Files = []sandbox.File{file(u.file, strings.Replace(u.good, "2 * n", "n + 2", 1))}
			out = mustJudge(t, task)
			for _, r := range out.Tests {
				want := judge.AC
				if r.ID == u.want[1] {
					want = judge.WA
				}
				if r.Verdict != want {
					t.Errorf("half right: %s is %s (%s, %s); want %s", r.ID, r.Verdict, r.Reason, r.Text, want)
				}
				if r.Hidden && r.Text != "" || len(r.Stderr)+len(r.Got) > 0 { // what hidden tests print comes in the same stream
					t.Errorf("a hidden test says %q%q", r.Text, r.Stderr)
				}
			}
			if len(out.Tests) != 2 || out.Verdict != judge.WA {
				t.Errorf("half right: %s with %d tests", out.Verdict, len(out.Tests))
			}
			for name, files := range u.cheats {
				t.Run(name, func(t *testing.T) {
					t.Parallel()
					task := task
					task.Files = files
					out := mustJudge(t, task)
					if out.Verdict == judge.AC || out.Verdict == judge.JE {
						t.Errorf("%s %s %s", out.Verdict, out.Note, out.Compile)
					}
					if out.Verdict != judge.CE && len(out.Tests) != 2 {
						t.Errorf("%d tests were told; want 2", len(out.Tests))
					}
					for _, r := range out.Tests {
						if r.Verdict == judge.AC || r.Reason == "" {
							t.Errorf("%s is %s: %q", r.ID, r.Verdict, r.Reason)
						}
					}
				})
			}
		})
	}
	for _, l := range languages.All() {
		for _, f := range l.Unit {
			if !slices.ContainsFunc(units, func(u unit) bool { return u.language == l.ID && u.framework == f.Name }) {
				t.Errorf("%s of %s is not tested", f.Name, l.Name)
			}
		}
	}
}

// Equality of the program's own is what a class is for, where it is compared with its kind or a test names it.
func TestClassesMayBeEqual(t *testing.T) {
	for _, framework := range []string{"unittest", "pytest"} {
		tests := "import unittest\nfrom money import Money, total\n\n\nclass MoneyTest(unittest.TestCase):\n    def test_named(self):\n        self.assertEqual(Money(3), 3)\n\n    def test_inside(self):\n        self.assertEqual(total([1, 2, 2]), 3)\n"
		if framework == "pytest" {
			tests = "from money import Money, total\n\n\ndef test_named():\n    assert Money(3) == 3\n\n\ndef test_inside():\n    assert total([1, 2, 2]) == 3\n"
		}
		out := mustJudge(t, judge.Task{Style: judge.Unit, Language: "python", Framework: framework, UnitTests: []judge.UnitTest{visible("test_money.py", tests)},
			Files: []sandbox.File{file("money.py", "from dataclasses import dataclass\n\n\nclass Money:\n    def __init__(self, n):\n        self.n = n\n\n    def __eq__(self, other):\n        return self.n == (other.n if isinstance(other, Money) else other)\n\n\nclass Coin:\n    def __init__(self, n):\n        self.n = n\n\n    def __eq__(self, other):\n        return isinstance(other, Coin) and self.n == other.n\n\n    def __hash__(self):\n        return self.n\n\n\n@dataclass(order=True)\nclass Pair:\n    n: int\n\n\ndef total(ns):\n    assert Pair(1) < Pair(2)\n    return sum(c.n for c in {Coin(n) for n in ns})\n")}})
		if passed, of := out.Passed(); passed != 2 || of != 2 {
			t.Errorf("%s: %d of %d pass: %+v", framework, passed, of, out.Tests)
		}
	}
}

func TestOwnTestsStandApart(t *testing.T) {
	u := units[0]
	task := judge.Task{Style: judge.Unit, Language: u.language, UnitTests: append(slices.Clone(u.tests),
		judge.UnitTest{Name: "test_mine.py", Own: true, Data: []byte("import unittest, os\nunittest.TestCase.assertEqual = lambda *a: None\n\n\nclass Mine(unittest.TestCase):\n    def test_mine(self):\n        print('hidden tests are here:', os.path.exists('/box/test_hidden.py'))\n")},
		judge.UnitTest{Name: "test_twice.py", Own: true, Data: []byte("import unittest\n\n\nclass TwiceTest(unittest.TestCase):\n    def test_two(self): pass\n")})}
	task.Files = []sandbox.File{file("twice.py", "def twice(n): return 0\n"), file("conftest.py", "x")}
	out := mustJudge(t, task)
	got := map[string]judge.Verdict{}
	for _, r := range out.Tests {
		if r.Own != (r.ID == "test_mine.Mine.test_mine") {
			t.Errorf("%s: own is %v", r.ID, r.Own)
		}
		got[r.ID] = r.Verdict
		if r.Own && (!strings.Contains(r.Text, "changed the test framework") || string(r.Stderr) != "hidden tests are here: False\n") {
			t.Errorf("the own test says %q and prints %q", r.Text, r.Stderr)
		}
	}
	want := map[string]judge.Verdict{u.want[0]: judge.WA, u.want[1]: judge.WA, "test_mine.Mine.test_mine": judge.WA}
	if !maps.Equal(got, want) || out.Verdict != judge.WA {
		t.Errorf("%s %v; want %v", out.Verdict, got, want)
	}
	if passed, of := out.Passed(); passed != 0 || of != 2 {
		t.Errorf("passed %d of %d; own tests must not count", passed, of)
	}
	if !strings.Contains(out.Compile, "conftest.py is not used") {
		t.Errorf("nobody says what became of conftest.py: %q", out.Compile)
	}
}

// A test file that the candidate left among the files neither replaces how the author's tests start nor keeps them from compiling.
func TestFilesOfTestsThatNobodyAskedFor(t *testing.T) {
	i := slices.IndexFunc(units, func(u unit) bool { return u.framework == "go test" })
	task := judge.Task{Style: judge.Unit, Language: "go", UnitTests: units[i].tests, Files: []sandbox.File{file(units[i].file, units[i].good),
		file("main_test.go", "package twice\n\nimport (\n\t\"os\"\n\t\"testing\"\n)\n\nfunc TestMain(m *testing.M) { os.Exit(0) }\n"), file("broken_test.go", "package twice\n\nfunc {")}}
	if out := mustJudge(t, task); out.Verdict != judge.AC || !strings.Contains(out.Compile, "broken_test.go is not used") {
		t.Errorf("%s %s %+v; want AC", out.Verdict, out.Compile, out.Tests)
	}
}

// All tests print into one stream: with a hidden one among them, nothing of it is shown.
func TestPrintsOfHiddenTests(t *testing.T) {
	task := judge.Task{Style: judge.Unit, Language: "python", UnitTests: units[0].tests, Files: []sandbox.File{file("twice.py", "def twice(n):\n    print('called with', n)\n    return 0\n")}}
	for _, reveal := range []bool{false, true} {
		task.Reveal = reveal
		for _, r := range mustJudge(t, task).Tests {
			if strings.Contains(string(r.Stderr), "called with 3") != reveal {
				t.Errorf("reveal %v: %s shows %q", reveal, r.ID, r.Stderr)
			}
		}
	}
}

func TestProtectedFilesArePutBack(t *testing.T) {
	task := judge.Task{Style: judge.Unit, Language: "python", Framework: "pytest", Protected: []sandbox.File{file("conftest.py", "import pytest\n\n\n@pytest.fixture\ndef four(): return 4\n")},
		UnitTests: []judge.UnitTest{visible("test_twice.py", "from twice import twice\n\n\ndef test_two(four):\n    assert twice(2) == four\n")},
		Files:     []sandbox.File{file("twice.py", "def twice(n): return 0\n"), file("conftest.py", "import pytest\n\n\n@pytest.fixture\ndef four(): return 0\n")}}
	if out := mustJudge(t, task); out.Verdict != judge.WA {
		t.Errorf("%s; want WA: %+v", out.Verdict, out.Tests)
	}
}

func TestASyntaxErrorIsACompileError(t *testing.T) {
	for language, program := range map[string]sandbox.File{"python": file("twice.py", "def twice(n):\n    return 2 *\n"), "javascript": file("twice.mjs", "export const twice = (n) =>\n  2 *\n")} {
		i := slices.IndexFunc(units, func(u unit) bool { return u.language == language })
		out := mustJudge(t, judge.Task{Style: judge.Unit, Language: language, UnitTests: units[i].tests, Files: []sandbox.File{program}})
		if out.Verdict != judge.CE || !strings.Contains(out.Compile, program.Name) || !strings.Contains(out.Compile, "2") {
			t.Errorf("%s: %s %q; want CE with file and line", language, out.Verdict, out.Compile)
		}
	}
}

// A compiler shows the lines that it complains about: those of hidden tests are for the author only.
func TestHiddenTestsThatDoNotCompile(t *testing.T) {
	task := judge.Task{Style: judge.Unit, Language: "java", Files: []sandbox.File{file("Twice.java", "class Twice {}\n")}, UnitTests: []judge.UnitTest{
		secret("HiddenTest.java", "import org.junit.jupiter.api.Test;\n\nclass HiddenTest {\n\t@Test void canary7314() { Twice.twice(7314); }\n}\n")}}
	out := mustJudge(t, task)
	if out.Verdict != judge.CE || strings.Contains(out.Compile+out.Reason, "7314") || !strings.Contains(out.Note, "7314") {
		t.Errorf("%s, %q, %q; the author reads %q", out.Verdict, out.Reason, out.Compile, out.Note)
	}
}
