package integrity

import (
	"hash/maphash"
	"unicode"
	"unicode/utf8"
)

// passage is how many words in a row are the same passage.
const passage = 12

// passages are the hashes of all runs of that many words that were there before.
type passages map[uint64]bool

var seed = maphash.MakeSeed()

func hash(w []string) uint64 {
	var h maphash.Hash
	h.SetSeed(seed)
	for _, one := range w[:passage] {
		h.WriteString(one)
		h.WriteByte(0)
	}
	return h.Sum64()
}

// longest is where a word is cut, so that a change within a very long one is small.
const longest = 20

// words are a text's, without the space between them: moving and indenting is no writing. A sign, and a letter of a script that puts no space
// between words, is a word.
func words(s string) (out []string) {
	begin, n := -1, 0
	end := func(at int) {
		if begin >= 0 {
			out = append(out, s[begin:at])
		}
		begin, n = -1, 0
	}
	for i, r := range s {
		joins := (unicode.IsLetter(r) || unicode.IsDigit(r) || r == '_') && !unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Thai, unicode.Lao, unicode.Khmer, unicode.Myanmar)
		if !joins || n == longest {
			end(i)
		}
		switch {
		case joins && begin < 0:
			begin, n = i, 1
		case joins:
			n++
		case !unicode.IsSpace(r):
			_, size := utf8.DecodeRuneInString(s[i:]) // a byte that is none is one by itself
			out = append(out, s[i:i+size])
		}
	}
	end(len(s))
	return out
}

func (p passages) add(w []string) {
	for i := 0; i+passage <= len(w); i++ {
		p[hash(w[i:])] = true
	}
}

// change adds what a change of a text made new.
func (p passages) change(before, now string) {
	a, b := words(before), words(now)
	from, to := changed(a, b)
	p.add(b[max(0, from-passage+1):min(len(b), to+passage-1)])
}

// changed is the part of b that lies between what both begin and end with.
func changed(a, b []string) (from, to int) {
	for from < len(a) && from < len(b) && a[from] == b[from] {
		from++
	}
	to = len(b)
	for i := len(a); i > from && to > from && a[i-1] == b[to-1]; i-- {
		to--
	}
	return from, to
}

// repeats is how often a new word of that many characters or more counts: a new name put everywhere is no passage.
const repeats = 3

// fresh is how many characters of a text are new, without space: those of words that are neither in the text before, in order, nor in a passage
// that was there before.
func (p passages) fresh(before, now string) (n int) {
	a, b := words(before), words(now)
	from, to := changed(a, b)
	old := make([]bool, len(b))
	for i := max(0, from-passage+1); i < to && i+passage <= len(b); i++ {
		if p[hash(b[i:])] {
			for k := range passage {
				old[i+k] = true
			}
		}
	}
	same(a[from:max(from, len(a)-(len(b)-to))], b[from:to], old[from:to])
	times := map[string]int{}
	for i := from; i < to; i++ {
		if old[i] {
			continue
		}
		size := utf8.RuneCountInString(b[i])
		if times[b[i]]++; size < repeats || times[b[i]] <= repeats {
			n += size
		}
	}
	return n
}

// mostCells bounds the time that same takes; what is larger counts as replaced.
const mostCells = 1 << 22

// same marks those words of b that are in a too, in the same order: a longest common subsequence.
func same(a, b []string, mark []bool) {
	if len(a) == 0 || (len(a)+1)*(len(b)+1) > mostCells {
		return
	}
	width := len(b) + 1
	long := make([]int32, (len(a)+1)*width) // of what a[i:] and b[j:] have in common
	for i := len(a) - 1; i >= 0; i-- {
		for j := len(b) - 1; j >= 0; j-- {
			if a[i] == b[j] {
				long[i*width+j] = long[(i+1)*width+j+1] + 1
				continue
			}
			long[i*width+j] = max(long[(i+1)*width+j], long[i*width+j+1])
		}
	}
	for i, j := 0, 0; i < len(a) && j < len(b); {
		switch {
		case a[i] == b[j]:
			mark[j] = true
			i, j = i+1, j+1
		case long[(i+1)*width+j] >= long[i*width+j+1]:
			i++
		default:
			j++
		}
	}
}
