// Maps with integer and string keys: insert, look up, iterate, delete.
package main

import (
	"fmt"
	"strconv"
)

func main() {
	ints := make(map[int]int)
	x := uint32(1)
	for range 2_000_000 {
		x = x*1664525 + 1013904223
		ints[int(x>>14)]++
	}
	sum := 0
	for k, v := range ints {
		sum += k ^ v
	}
	words := make(map[string]int)
	for i := range 600_000 {
		words["k"+strconv.Itoa(i%50_000)] += i
	}
	for i := range 25_000 {
		delete(words, "k"+strconv.Itoa(2*i))
	}
	fmt.Println(len(ints), sum, len(words), words["k49999"])
}
