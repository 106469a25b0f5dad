// Package words counts words. It is here for its tests: `go test -v -bench=. ./examples/tests`.
package words

import (
	"cmp"
	"slices"
	"strings"
	"unicode"
)

// A Count is a word and how often it occurred.
type Count struct {
	Word string
	N    int
}

// Fields splits text into words: runs of letters, marks and digits, in lower case.
func Fields(text string) []string {
	return strings.FieldsFunc(strings.ToLower(text), func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsMark(r) && !unicode.IsDigit(r)
	})
}

// Top gives the n most frequent words, those of the same count in alphabetical order.
func Top(text string, n int) []Count {
	counts := make(map[string]int)
	for _, word := range Fields(text) {
		counts[word]++
	}
	all := make([]Count, 0, len(counts))
	for word, n := range counts {
		all = append(all, Count{word, n})
	}
	slices.SortFunc(all, func(a, b Count) int {
		return cmp.Or(cmp.Compare(b.N, a.N), cmp.Compare(a.Word, b.Word))
	})
	return all[:min(max(n, 0), len(all))]
}
