package languages

import (
	_ "embed"
	"path"
	"regexp"
	"slices"
	"strings"
)

//go:embed harness/unit.py
var pythonUnit string

var (
	importsUnittest = regexp.MustCompile(`(?m)^\s*(import|from)\s+unittest\b`)
	importsPytest   = regexp.MustCompile(`(?m)^\s*(import|from)\s+pytest\b`)
)

func pythonFrameworks() []Framework {
	framework := func(name string, probe ...string) Framework {
		return Framework{
			Name: name, Probe: probe, Config: pythonConfig,
			Files: map[string]string{Ours + "/unit.py": pythonUnit},
			Run: func(s Source, tests []string) [][]string {
				return [][]string{append([]string{"python3", "-I", Ours + "/unit.py", name}, tests...)}
			},
			Holds: func(id, name string, _ []byte) bool {
				return strings.HasPrefix(id, name+"::") || strings.HasPrefix(id, strings.ReplaceAll(strings.TrimSuffix(name, ".py"), "/", ".")+".")
			},
			Env: []string{"PYTEST_DISABLE_PLUGIN_AUTOLOAD=1"},
		}
	}
	unittest := framework("unittest", "python3", "-c", "import unittest")
	unittest.Is = func(name string, text []byte) bool {
		return path.Ext(name) == ".py" && importsUnittest.Match(text) && !importsPytest.Match(text)
	}
	pytest := framework("pytest", "python3", "-m", "pytest", "--version")
	pytest.Packages = []string{"python3-pytest"}
	pytest.Is = func(name string, text []byte) bool {
		base := path.Base(name)
		return path.Ext(name) == ".py" && (strings.HasPrefix(base, "test_") || strings.HasSuffix(base, "_test.py"))
	}
	return []Framework{unittest, pytest}
}

// pythonConfig names what Python or pytest would read by itself, and what would stand in for a framework.
func pythonConfig(name string, _ []byte) bool {
	first, _, _ := strings.Cut(name, "/")
	return slices.Contains([]string{"conftest.py", "pytest.ini", ".pytest.ini", "tox.ini", "setup.cfg", "pyproject.toml", "sitecustomize.py", "usercustomize.py"}, path.Base(name)) ||
		slices.Contains([]string{"unittest", "unittest.py", "pytest", "pytest.py", "_pytest"}, first) || strings.HasSuffix(first, ".egg-info") || strings.HasSuffix(first, ".dist-info")
}
