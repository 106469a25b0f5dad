package main

type wrappedMap struct{ M map[string]int }
type nested [1]struct{ p *wrappedMap }

// An interface whose data word is a struct, a part of which only runs can make.
var dynamicParts = []any{wrappedMap{map[string]int{"x": 1}}, nested{{&wrappedMap{map[string]int{"y": 2}}}}}

//go:noinline
func find(s string, c byte) int {
	for i := range len(s) {
		if s[i] == c {
			return i
		}
	}
	return -1
}

//go:noinline
func size(n int) int { return n }

// The length of s[1:end-1] is n, but n is no length yet where it is compared with 0.
func unquote(s string) (out string, rest byte) {
	if len(s) < 2 {
		return "", 0
	}
	end := find(s[1:], s[0])
	if end < 0 {
		return "none", 0
	}
	end += 2
	if inner := s[1 : end-1]; len(inner) > 0 {
		rest = inner[0]
	}
	out = s[:end]
	return out[1 : end-1], rest
}

//go:noinline
func named(n int) (result int) {
	defer func() { deferredSaw = result }()
	if n > 3 {
		return n * 2
	}
	return size(n)
}

var deferredSaw int

type partial struct{ list []int }

//go:noinline
func isPartial(p *partial) bool { return (p != nil) && len(p.list) > 0 }

func statics() {
	check(!isPartial(nil), "the right side of && is not evaluated before the left one is known")

	check(dynamicParts[0].(wrappedMap).M["x"] == 1, "map in a struct in an interface")
	check(dynamicParts[1].(nested)[0].p.M["y"] == 2, "pointer in an array in an interface")
	out, _ := unquote(`"ab`)
	check(out == "none", "a number that becomes a length after its check may be negative")
	out, c := unquote(`"ab"c`)
	check(out == "ab" && c == 'a', "slices of slices")
	named(5)
	check(deferredSaw == 10, "a deferred function sees the result")
}
