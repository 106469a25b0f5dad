// A reference by linkname to a function of std that does not allow it.
package main

import (
	"fmt"
	_ "unsafe"
)

//go:linkname intFromString fmt.parsenum
func intFromString(s string, start, end int) (num int, isnum bool, newi int)

func main() { fmt.Println(intFromString("12", 0, 2)) }
