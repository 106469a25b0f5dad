// Sysinfo prints what a program knows about itself and the machine that it runs on.
package main

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
)

func main() {
	path, err := os.Executable()
	if err != nil {
		// Without /proc, as in an empty root, the name that it was called by has to do.
		path = os.Args[0]
	}
	info, err := os.Stat(path)
	if err != nil {
		fmt.Fprintln(os.Stderr, "sysinfo:", err)
		os.Exit(1)
	}
	fmt.Printf("go version  %s\n", runtime.Version())
	fmt.Printf("system      %s/%s\n", runtime.GOOS, runtime.GOARCH)
	fmt.Printf("cpus        %d\n", runtime.NumCPU())
	fmt.Printf("goroutines  %d\n", runtime.NumGoroutine())
	fmt.Printf("program     %s, %d bytes\n", filepath.Base(path), info.Size())
}
