// Generic and interface sorting.
package main

import (
	"fmt"
	"slices"
	"sort"
)

type record struct {
	key  int
	name string
}

func main() {
	const n = 600_000
	x := uint32(7)
	next := func() int {
		x = x*1664525 + 1013904223
		return int(x >> 8)
	}
	ints := make([]int, n)
	for i := range ints {
		ints[i] = next()
	}
	slices.Sort(ints)
	records := make([]record, n/2)
	for i := range records {
		records[i] = record{next() % 1000, fmt.Sprint("n", i%97)}
	}
	sort.Slice(records, func(i, j int) bool {
		if records[i].key != records[j].key {
			return records[i].key < records[j].key
		}
		return records[i].name < records[j].name
	})
	fmt.Println(ints[0], ints[n/2], records[0], records[len(records)-1])
}
