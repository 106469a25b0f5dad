// String variables set by -X.
package main

import (
	"fmt"
	"runtime"
	"runtime/debug"
)

var version = "unset"
var empty string
var number int

func main() {
	fmt.Println(version, empty, number, runtime.Version())
	info, ok := debug.ReadBuildInfo()
	fmt.Println(ok, ok && info.GoVersion == runtime.Version())
}
