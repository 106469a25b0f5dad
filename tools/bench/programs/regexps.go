// A backtracking-free regular expression engine over text.
package main

import (
	"fmt"
	"regexp"
	"strings"
)

func main() {
	var b strings.Builder
	for i := range 20_000 {
		fmt.Fprintf(&b, "user%d@example%d.com some words 2026-11-%02d\n", i, i%7, i%28+1)
	}
	text := b.String()
	mail := regexp.MustCompile(`[a-z]+\d+@[a-z]+(\d)\.com`)
	date := regexp.MustCompile(`(\d{4})-(\d\d)-(0[1-9]|1\d)`)
	fmt.Println(len(mail.FindAllString(text, -1)), len(date.FindAllStringSubmatch(text, -1)))
}
