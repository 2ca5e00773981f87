package token

import (
	"path"
	"strings"
)

// Language is a row of the table.
type Language struct {
	ID     string
	Family string // languages whose programs are compared with each other
	Prose  bool

	endings  string
	letters  string // what a word may hold besides letters, digits, _ and anything beyond ASCII
	fold     bool   // words are the same in capitals
	line     []string
	block    [][2]string
	nested   bool // block comments hold block comments
	quotes   []quote
	prefixes map[string]form // words that stand before a quote
	heredoc  string
	regexps  bool // a slash where a value is expected begins a regular expression
	percents bool // %w[ ], %q( )
	tagged   string
	chars    bool // 'a' is a character but 'a without an end is a name (lifetimes)
	imports  map[string]bool
	include  bool // lines with #include are imports
	kinds    map[string]Kind
}

// form says how a string is read.
type form struct {
	raw    bool   // a backslash is only a backslash
	hole   string // what begins code inside of it
	double bool   // a doubled quote is a quote
	fence  byte   // '(' for R"x( )x", '#' for r#" "#
	lines  bool   // may have line breaks
}

// quote is a string that begins with open and ends with end.
type quote struct {
	open, end string
	form
}

const (
	cOps  = "return if else for while do switch case default break continue goto sizeof"
	cType = "int char short long float double void bool unsigned signed size_t int8_t int16_t int32_t int64_t uint8_t uint16_t uint32_t uint64_t"
	cMods = "const static extern register volatile inline auto"
)

var (
	slashes    = []string{"//"}
	hash       = []string{"#"}
	stars      = [][2]string{{"/*", "*/"}}
	plain      = quote{`"`, `"`, form{}}
	single     = quote{`'`, `'`, form{}}
	javaQuotes = []quote{{`"""`, `"""`, form{lines: true}}, plain, single}
	jsQuotes   = []quote{{"`", "`", form{lines: true, hole: "${"}}, plain, single}
	cPrefixes  = map[string]form{"R": {fence: '('}, "LR": {fence: '('}, "uR": {fence: '('}, "UR": {fence: '('}, "u8R": {fence: '('}, "L": {}, "u": {}, "U": {}, "u8": {}}
	jsWords    = "return if else for while do switch case default break continue function class extends new delete typeof instanceof in of try catch finally throw var let const this super yield await void with null undefined true false"
)

var table = []Language{
	{ID: "java", endings: ".java", letters: "$", line: slashes, block: stars, quotes: javaQuotes, imports: set("import package"),
		kinds: words("return if else for while do switch case default break continue class interface enum record extends implements new instanceof try catch finally throw throws this super assert synchronized yield null true false",
			"int char short long float double void boolean byte String Integer Long Double Float Character Boolean Short Byte var",
			"public private protected static final abstract transient volatile native strictfp sealed")},
	{ID: "c", Family: "c", endings: ".c .h", line: slashes, block: stars, quotes: []quote{plain, single}, prefixes: cPrefixes, include: true,
		kinds: words(cOps+" struct union enum typedef NULL true false", cType, cMods+" restrict")},
	{ID: "cpp", Family: "c", endings: ".cpp .cc .cxx .hpp .hh .hxx .ino .cu", line: slashes, block: stars, quotes: []quote{plain, single}, prefixes: cPrefixes, include: true, imports: set("using import"),
		kinds: words(cOps+" struct union enum typedef class template typename namespace new delete try catch throw this operator nullptr NULL true false static_cast dynamic_cast reinterpret_cast const_cast decltype co_return co_await co_yield",
			cType+" wchar_t string", cMods+" restrict public private protected virtual override final constexpr noexcept explicit friend mutable")},
	{ID: "csharp", endings: ".cs", letters: "", line: slashes, block: stars, quotes: []quote{{`$"""`, `"""`, form{lines: true, raw: true, hole: "{"}}, {`"""`, `"""`, form{lines: true, raw: true}},
		{`$@"`, `"`, form{lines: true, raw: true, double: true, hole: "{"}}, {`@$"`, `"`, form{lines: true, raw: true, double: true, hole: "{"}}, {`@"`, `"`, form{lines: true, raw: true, double: true}}, {`$"`, `"`, form{hole: "{"}}, plain, single},
		imports: set("using"),
		kinds: words("return if else for foreach in while do switch case default break continue goto class struct interface enum record namespace new is as try catch finally throw this base lock yield await delegate event operator get set typeof sizeof nameof null true false when where select from",
			"int char short long float double void bool byte sbyte uint ulong ushort decimal string object var dynamic String Int32 Int64 Double Boolean",
			"public private protected internal static readonly const abstract sealed virtual override partial async extern unsafe ref out params required init")},
	{ID: "python", endings: ".py .pyw .pyi", line: hash, quotes: []quote{{`"""`, `"""`, form{lines: true}}, {`'''`, `'''`, form{lines: true}}, plain, single},
		prefixes: map[string]form{"r": {raw: true}, "b": {}, "u": {}, "br": {raw: true}, "rb": {raw: true}, "f": {hole: "{"}, "fr": {raw: true, hole: "{"}, "rf": {raw: true, hole: "{"}, "t": {hole: "{"}},
		imports:  set("import from"),
		kinds: words("return if elif else for while break continue pass def class lambda try except finally raise with as assert del global nonlocal in is and or not yield await match case None True False",
			"int float str bool list dict tuple set bytes complex object", "async")},
	{ID: "javascript", Family: "javascript", endings: ".js .mjs .cjs .jsx", letters: "$", line: slashes, block: stars, quotes: jsQuotes, regexps: true, imports: set("import"),
		kinds: words(jsWords, "", "async static export")},
	{ID: "typescript", Family: "javascript", endings: ".ts .tsx .mts .cts", letters: "$", line: slashes, block: stars, quotes: jsQuotes, regexps: true, imports: set("import"),
		kinds: words(jsWords+" interface type enum namespace keyof infer is as satisfies", "number string boolean any unknown never object symbol bigint", "async static export public private protected readonly abstract declare override")},
	{ID: "go", endings: ".go", line: slashes, block: stars, quotes: []quote{{"`", "`", form{raw: true, lines: true}}, plain, single}, imports: set("import package"),
		kinds: words("return if else for range switch case default break continue goto fallthrough func type struct interface map chan go defer select var const nil true false",
			"int int8 int16 int32 int64 uint uint8 uint16 uint32 uint64 uintptr float32 float64 complex64 complex128 string bool byte rune error any", "")},
	{ID: "rust", endings: ".rs", line: slashes, block: stars, nested: true, chars: true, quotes: []quote{{`"`, `"`, form{lines: true}}},
		prefixes: map[string]form{"r": {fence: '#'}, "br": {fence: '#'}, "cr": {fence: '#'}, "b": {lines: true}, "c": {lines: true}}, imports: set("use mod extern"),
		kinds: words("return if else for in while loop match break continue fn let struct enum trait impl type where as self Self super move dyn await true false None Some Ok Err",
			"i8 i16 i32 i64 i128 isize u8 u16 u32 u64 u128 usize f32 f64 bool char str String Vec Option Result Box", "pub mut const static unsafe async ref crate")},
	{ID: "kotlin", endings: ".kt .kts", line: slashes, block: stars, nested: true, quotes: []quote{{`"""`, `"""`, form{raw: true, lines: true, hole: "${"}}, {`"`, `"`, form{hole: "${"}}, single}, imports: set("import package"),
		kinds: words("return if else for in while do when break continue fun val var class interface object companion init constructor is as try catch finally throw this super by where null true false",
			"Int Long Short Byte Float Double Boolean Char String Unit Any Array List", "public private protected internal open abstract final override lateinit data sealed inline suspend operator infix const tailrec")},
	{ID: "ruby", endings: ".rb .rake", letters: "@$?!", line: hash, block: [][2]string{{"\n=begin", "\n=end"}}, quotes: []quote{{`"`, `"`, form{lines: true, hole: "#{"}}, {`'`, `'`, form{lines: true}}, {"`", "`", form{lines: true, hole: "#{"}}},
		heredoc: "<<", regexps: true, percents: true, imports: set("require require_relative include"),
		kinds: words("return if elsif else unless for in while until case when then break next redo retry def class module end do begin rescue ensure raise yield self super and or not nil true false lambda proc loop", "", "public private protected attr_reader attr_writer attr_accessor")},
	{ID: "php", endings: ".php .phtml", letters: "$", fold: true, line: []string{"//", "#"}, block: stars, quotes: []quote{{`"`, `"`, form{lines: true, hole: "{$"}}, {`'`, `'`, form{lines: true}}},
		heredoc: "<<<", tagged: "<?", imports: set("use require require_once include include_once namespace"),
		kinds: words("return if else elseif for foreach as while do switch case default break continue function fn class interface trait extends implements new instanceof try catch finally throw echo print global unset isset empty list match yield null true false and or xor endif endforeach endfor endwhile",
			"int float string bool array void mixed object callable iterable", "public private protected static final abstract const var readonly")},
	{ID: "sql", endings: ".sql", fold: true, line: []string{"--", "#"}, block: stars, quotes: []quote{{"$$", "$$", form{raw: true, lines: true}}, {`'`, `'`, form{raw: true, lines: true, double: true}}, {`"`, `"`, form{raw: true, double: true}}, {"`", "`", form{raw: true}}},
		kinds: words("select from where group by having order limit offset join inner left right full outer cross on using union all distinct insert into values update set delete create table view index drop alter add column primary key foreign references unique check default and or not in is null like between exists case when then else end as with recursive over partition asc desc begin commit rollback true false returning window lateral intersect except",
			"int integer bigint smallint serial text varchar char numeric decimal real double float boolean date time timestamp timestamptz interval json jsonb blob", "temporary temp if replace cascade")},
	{ID: "bash", endings: ".sh .bash .zsh .ksh", line: hash, quotes: []quote{{`$'`, `'`, form{lines: true}}, {`"`, `"`, form{lines: true, hole: "$("}}, {`'`, `'`, form{raw: true, lines: true}}},
		heredoc: "<<", imports: set("source"),
		kinds: words("if then elif else fi for in while until do done case esac function select return break continue exit local declare export readonly unset shift eval exec trap set test echo printf read", "", "")},
	{ID: "text", Prose: true, endings: ".txt .md .markdown .rst .tex .adoc", letters: "'"},
}

// words gives every word its kind.
func words(keywords, types, modifiers string) map[string]Kind {
	out := map[string]Kind{}
	for kind, list := range map[Kind]string{Keyword: keywords, Type: types, Modifier: modifiers} {
		for word := range strings.FieldsSeq(list) {
			out[word] = kind
		}
	}
	return out
}

func set(list string) map[string]bool {
	out := map[string]bool{}
	for word := range strings.FieldsSeq(list) {
		out[word] = true
	}
	return out
}

var byID, byEnding = func() (ids, endings map[string]*Language) {
	ids, endings = map[string]*Language{}, map[string]*Language{}
	for i := range table {
		l := &table[i]
		if l.Family == "" {
			l.Family = l.ID
		}
		ids[l.ID] = l
		for e := range strings.FieldsSeq(l.endings) {
			endings[e] = l
		}
	}
	return ids, endings
}()

// ByID is a language by its id ("java"); nil when there is none.
func ByID(id string) *Language { return byID[id] }

// ByName is the language of a file's name; nil when its ending says nothing.
func ByName(name string) *Language { return byEnding[strings.ToLower(path.Ext(name))] }

// IDs are the ids of all languages, in the order of the table.
func IDs() []string {
	var out []string
	for _, l := range table {
		out = append(out, l.ID)
	}
	return out
}
