// Functions, files and lines from the tables: Callers, inlined frames, and a panic's traceback.
package main

import (
	"fmt"
	"path/filepath"
	"runtime"
)

type T struct{}

//go:noinline
func (T) method() []uintptr { return callers() }

func inlined() []uintptr { return T{}.method() }

func callers() []uintptr {
	pcs := make([]uintptr, 16)
	return pcs[:runtime.Callers(1, pcs)]
}

func main() {
	frames := runtime.CallersFrames(inlined())
	for {
		f, more := frames.Next()
		fmt.Println(f.Function, filepath.Base(f.File), f.Line)
		if !more {
			break
		}
	}
	func() {
		defer func() {
			fmt.Println("recovered", recover())
			_, file, line, _ := runtime.Caller(0)
			fmt.Println(filepath.Base(file), line)
		}()
		var m map[string]int
		m["x"] = 1
	}()
	var p *T
	fail(p, 42)
}

//go:noinline
func fail(p *T, n int) { panic(fmt.Sprint("at the end ", n)) }
