// Command assets bundles what the browser loads: every internal/**/*.css into app.css and landing.css, internal/web/ts/base.ts and
// every internal/**/*.island.ts into modules, the listed Lucide icons into one sprite. Everything lands hashed in
// internal/web/dist with a manifest that holds the hash of the sources. Run it by dev/assets; npm only fetches packages.
// "assets ROOT test" runs the *.test.ts beside the modules that know no DOM, with Node.
package main

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/evanw/esbuild/pkg/api"
)

func main() {
	root, do := "..", run
	if len(os.Args) > 1 {
		root = os.Args[1]
	}
	if len(os.Args) > 2 && os.Args[2] == "test" {
		do = test
	}
	if err := do(root); err != nil {
		fmt.Fprintln(os.Stderr, "assets:", err)
		os.Exit(1)
	}
}

type manifest struct {
	Sources string            `json:"sources"`
	Files   map[string]string `json:"files"`
}

func run(root string) error {
	root, err := filepath.Abs(root)
	if err != nil {
		return err
	}
	sources, err := Sources(root)
	if err != nil {
		return err
	}
	dist := filepath.Join(root, "internal/web/dist")
	fresh := filepath.Join(root, "internal/web/.dist-new")
	os.RemoveAll(fresh)
	if err := os.MkdirAll(fresh, 0o755); err != nil {
		return err
	}
	defer os.RemoveAll(fresh)
	m := manifest{Files: map[string]string{}}
	if m.Sources, err = Hash(root, sources); err != nil {
		return err
	}
	if err := styles(root, fresh, sources, m.Files); err != nil {
		return err
	}
	if err := scripts(root, fresh, sources, m.Files); err != nil {
		return err
	}
	if err := frames(root, fresh, sources, m.Files); err != nil {
		return err
	}
	if err := sprite(root, fresh, m.Files); err != nil {
		return err
	}
	if err := hashed(filepath.Join(root, "internal/web/icon.svg"), fresh, m.Files); err != nil {
		return err
	}
	out, err := json.MarshalIndent(m, "", "  ")
	if err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(fresh, "manifest.json"), append(out, '\n'), 0o644); err != nil {
		return err
	}
	if err := os.RemoveAll(dist); err != nil {
		return err
	}
	return os.Rename(fresh, dist)
}

// test bundles every *.test.ts for Node and runs them with its own test runner.
func test(root string) error {
	root, err := filepath.Abs(root)
	if err != nil {
		return err
	}
	var entries []string
	err = filepath.WalkDir(filepath.Join(root, "internal"), func(p string, d fs.DirEntry, err error) error {
		if err == nil && d.IsDir() && foreign(d.Name()) {
			return filepath.SkipDir
		}
		if err == nil && strings.HasSuffix(p, ".test.ts") {
			entries = append(entries, p)
		}
		return err
	})
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "candor-ts-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	r := api.Build(api.BuildOptions{EntryPoints: entries, Bundle: true, Write: true, Outdir: dir, Platform: api.PlatformNode, Format: api.FormatESModule,
		OutExtension: map[string]string{".js": ".mjs"}, Alias: map[string]string{"@web": filepath.Join(root, "internal/web/ts")},
		NodePaths: []string{filepath.Join(root, "internal/web/ts/node_modules")}, LogLevel: api.LogLevelSilent})
	if err := failed(append(r.Errors, r.Warnings...)); err != nil {
		return err
	}
	var files []string
	for _, f := range r.OutputFiles {
		files = append(files, f.Path)
	}
	node := exec.Command("node", append([]string{"--test"}, files...)...)
	node.Stdout, node.Stderr = os.Stdout, os.Stderr
	return node.Run()
}

// foreign are folders whose style sheets and scripts are not the site's: packages, results, and the tasks of sample assessments.
func foreign(name string) bool {
	return name == "node_modules" || name == "dist" || name == "testdata" || name == "content" || strings.HasPrefix(name, ".") || strings.HasPrefix(name, "_")
}

// Sources lists the files a build depends on, relative to root, sorted. assets_test.go in internal/web does the same.
func Sources(root string) ([]string, error) {
	var out []string
	err := filepath.WalkDir(filepath.Join(root, "internal"), func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name := d.Name()
		if d.IsDir() {
			if foreign(name) {
				return filepath.SkipDir
			}
			return nil
		}
		isScript := strings.HasSuffix(name, ".ts") && !strings.HasSuffix(name, ".test.ts") && !strings.HasSuffix(name, ".d.ts")
		isWeb := strings.HasPrefix(filepath.ToSlash(p), filepath.ToSlash(filepath.Join(root, "internal/web")))
		if isScript || strings.HasSuffix(name, ".css") || isWeb && (name == "icons.txt" || name == "icon.svg" || name == "package-lock.json" || strings.HasSuffix(name, ".woff2")) {
			rel, err := filepath.Rel(root, p)
			if err != nil {
				return err
			}
			out = append(out, filepath.ToSlash(rel))
		}
		return nil
	})
	slices.Sort(out)
	return out, err
}

// Hash is SHA-256 over each path, length and content.
func Hash(root string, sources []string) (string, error) {
	h := sha256.New()
	for _, s := range sources {
		b, err := os.ReadFile(filepath.Join(root, s))
		if err != nil {
			return "", err
		}
		fmt.Fprintf(h, "%s\x00%d\x00", s, len(b))
		h.Write(b)
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

var targets = []api.Engine{{Name: api.EngineChrome, Version: "111"}, {Name: api.EngineFirefox, Version: "113"}, {Name: api.EngineSafari, Version: "16.4"}}

// styles joins tokens, base and layout, then the components and pages beside their templates; landing.css is the same without fonts. A file
// *.sheet.css is a sheet of its own by its stem, for what few pages draw.
func styles(root, out string, sources []string, files map[string]string) error {
	first := []string{"internal/web/css/tokens.css", "internal/web/css/base.css", "internal/web/css/layout.css"}
	rest := []string{}
	sheets := map[string][]string{}
	for _, s := range sources {
		if stem, ok := strings.CutSuffix(filepath.Base(s), ".sheet.css"); ok {
			if other := sheets[stem]; other != nil {
				return fmt.Errorf("two sheets are called %s: %s and %s", stem, other[0], s)
			}
			sheets[stem] = []string{s}
		} else if strings.HasSuffix(s, ".css") && !strings.HasPrefix(s, "internal/web/css/") {
			rest = append(rest, s)
		}
	}
	sheets["app"], sheets["landing"] = slices.Concat([]string{"internal/web/css/fonts.css"}, first, rest), slices.Concat(first, rest)
	for name, list := range sheets {
		var b strings.Builder
		b.WriteString("@layer reset, tokens, base, layout, components, pages, utilities;\n")
		for _, s := range list {
			fmt.Fprintf(&b, "@import %q;\n", "./"+s)
		}
		r := api.Build(api.BuildOptions{
			Stdin:  &api.StdinOptions{Contents: b.String(), ResolveDir: root, Sourcefile: name + ".css", Loader: api.LoaderCSS},
			Bundle: true, Write: true, Outdir: out, AbsWorkingDir: root, EntryNames: name + "-[hash]", AssetNames: "[name]-[hash]",
			Loader: map[string]api.Loader{".woff2": api.LoaderFile}, Engines: targets,
			MinifySyntax: true, MinifyWhitespace: true, LogLevel: api.LogLevelSilent,
		})
		if err := failed(append(r.Errors, r.Warnings...)); err != nil {
			return err
		}
		for _, f := range r.OutputFiles {
			base := filepath.Base(f.Path)
			switch {
			case strings.HasSuffix(base, ".css"):
				files[name+".css"] = base
			case strings.HasPrefix(base, "inter-"):
				files["inter.woff2"] = base
			case strings.HasPrefix(base, "jetbrains-"):
				files["mono.woff2"] = base
			}
		}
	}
	return nil
}

// scripts bundles base.ts and the islands, named by their stem, sharing chunks; what an island imports lazily becomes a chunk.
func scripts(root, out string, sources []string, files map[string]string) error {
	entries := []api.EntryPoint{{InputPath: "internal/web/ts/base.ts", OutputPath: "base"}}
	seen := map[string]string{"base": "internal/web/ts/base.ts"}
	for _, s := range sources {
		stem, ok := strings.CutSuffix(filepath.Base(s), ".island.ts")
		if !ok {
			continue
		}
		if other := seen[stem]; other != "" {
			return fmt.Errorf("two islands are called %s: %s and %s", stem, other, s)
		}
		seen[stem] = s
		entries = append(entries, api.EntryPoint{InputPath: s, OutputPath: stem})
	}
	r := api.Build(api.BuildOptions{
		EntryPointsAdvanced: entries, Bundle: true, Write: true, Outdir: out, AbsWorkingDir: root, Splitting: true,
		Format: api.FormatESModule, EntryNames: "[name]-[hash]", ChunkNames: "[name]-[hash]", Engines: targets, Platform: api.PlatformBrowser,
		Alias: map[string]string{"@web": filepath.Join(root, "internal/web/ts")}, NodePaths: []string{filepath.Join(root, "internal/web/ts/node_modules")},
		MinifySyntax: true, MinifyWhitespace: true, MinifyIdentifiers: true, Metafile: true, LogLevel: api.LogLevelSilent,
		LegalComments: api.LegalCommentsEndOfFile,
	})
	if err := failed(append(r.Errors, r.Warnings...)); err != nil {
		return err
	}
	var meta struct {
		Outputs map[string]struct {
			EntryPoint string `json:"entryPoint"`
		} `json:"outputs"`
	}
	if err := json.Unmarshal([]byte(r.Metafile), &meta); err != nil {
		return err
	}
	for path, o := range meta.Outputs {
		for stem, source := range seen {
			if o.EntryPoint == source {
				files[stem+".js"] = filepath.Base(path)
			}
		}
	}
	return nil
}

// frames bundles every *.frame.ts into one plain script, "diagram.frame.js" for diagram.frame.ts: the pages that load them are nobody's origin, where modules
// are not found.
func frames(root, out string, sources []string, files map[string]string) error {
	for _, s := range sources {
		name, ok := strings.CutSuffix(filepath.Base(s), ".frame.ts")
		if !ok {
			continue
		}
		r := api.Build(api.BuildOptions{
			EntryPoints: []string{s}, Bundle: true, AbsWorkingDir: root, Format: api.FormatIIFE, Engines: targets, Platform: api.PlatformBrowser, Write: false,
			Alias: map[string]string{"@web": filepath.Join(root, "internal/web/ts")}, NodePaths: []string{filepath.Join(root, "internal/web/ts/node_modules")},
			MinifySyntax: true, MinifyWhitespace: true, MinifyIdentifiers: true, LogLevel: api.LogLevelSilent, LegalComments: api.LegalCommentsEndOfFile,
		})
		if err := failed(append(r.Errors, r.Warnings...)); err != nil {
			return err
		}
		if err := keep(name+".frame.js", r.OutputFiles[0].Contents, out, files); err != nil {
			return err
		}
	}
	return nil
}

var inner = regexp.MustCompile(`(?s)<svg[^>]*>(.*)</svg>`)

// sprite joins the listed icons of Lucide (ISC) as symbols.
func sprite(root, out string, files map[string]string) error {
	list, err := os.ReadFile(filepath.Join(root, "internal/web/icons.txt"))
	if err != nil {
		return err
	}
	var b strings.Builder
	b.WriteString(`<svg xmlns="http://www.w3.org/2000/svg">`)
	for _, name := range strings.Fields(string(list)) {
		raw, err := os.ReadFile(filepath.Join(root, "internal/web/ts/node_modules/lucide-static/icons", name+".svg"))
		if err != nil {
			return fmt.Errorf("icon %s: %w", name, err)
		}
		m := inner.FindSubmatch(raw)
		if m == nil {
			return fmt.Errorf("icon %s has no svg element", name)
		}
		fmt.Fprintf(&b, `<symbol id="%s" viewBox="0 0 24 24">%s</symbol>`, name, strings.Join(strings.Fields(string(m[1])), " "))
	}
	b.WriteString("</svg>\n")
	return keep("sprite.svg", []byte(b.String()), out, files)
}

func hashed(path, out string, files map[string]string) error {
	b, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	return keep(filepath.Base(path), b, out, files)
}

// keep writes a file under its name with the hash of its content.
func keep(name string, content []byte, out string, files map[string]string) error {
	sum := sha256.Sum256(content)
	ext := filepath.Ext(name)
	files[name] = strings.TrimSuffix(name, ext) + "-" + hex.EncodeToString(sum[:4]) + ext
	return os.WriteFile(filepath.Join(out, files[name]), content, 0o644)
}

func failed(errs []api.Message) error {
	if len(errs) == 0 {
		return nil
	}
	return fmt.Errorf("%s", strings.Join(api.FormatMessages(errs, api.FormatMessagesOptions{}), ""))
}
