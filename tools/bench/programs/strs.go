// Building, splitting, searching and comparing strings.
package main

import (
	"fmt"
	"strings"
)

func main() {
	var b strings.Builder
	for i := range 200_000 {
		fmt.Fprintf(&b, "word%d,", i%5000)
	}
	text := b.String()
	counts := make(map[string]int)
	for range 5 {
		for part := range strings.SplitSeq(text, ",") {
			if strings.HasSuffix(part, "7") || strings.Contains(part, "42") {
				counts[strings.ToUpper(part)]++
			}
		}
	}
	fmt.Println(len(text), len(counts), strings.Count(text, "99"), strings.Index(text, "word4999"))
}
