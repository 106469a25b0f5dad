package main

import "strings"

//go:noinline
func nilArray() *[4]int { return nil }

//go:noinline
func makeOf(n int) bool {
	if n < 0 {
		return false
	}
	s := make([]int, n)
	s[0] = 1
	return true
}

func checks() {
	text := panicOf(func() {
		n, s := 2, []int(nil)
		s = make([]int, n, 1)
		s[0] = 1
	})
	check(strings.Contains(text, "cap out of range"), "constant length above the capacity")
	text = panicOf(func() {
		n := -1
		s := make([]int, n, 3)
		s[0] = 1
	})
	check(strings.Contains(text, "len out of range"), "negative length")
	check(!makeOf(-1), "a length is not negative only after make")
	check(panicOf(func() { _ = len(*nilArray()) }) != "", "len(*f())")
	check(panicOf(func() {
		for range *nilArray() {
		}
	}) != "", "range *f()")
	check(panicOf(func() { _ = len(nilArray()) }) == "", "len(f())")
}
