// Files, processes, signals, environment.
package main

import (
	"bufio"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

func main() {
	if len(os.Args) > 1 && os.Args[1] == "child" {
		scanner := bufio.NewScanner(os.Stdin)
		for scanner.Scan() {
			fmt.Println(strings.ToUpper(scanner.Text()), os.Getenv("MARK"))
		}
		os.Exit(3)
	}
	dir, err := os.MkdirTemp("", "prog")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)
	file := filepath.Join(dir, "a", "b.txt")
	os.MkdirAll(filepath.Dir(file), 0o755)
	fmt.Println(os.WriteFile(file, []byte("one\ntwo\n"), 0o600))
	info, err := os.Stat(file)
	fmt.Println(info.Size(), info.Mode(), err)
	_, err = os.ReadFile(file + "x")
	fmt.Println(os.IsNotExist(err))
	filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		rel, _ := filepath.Rel(dir, path)
		fmt.Println(rel, d.IsDir(), err)
		return nil
	})

	self, err := os.Executable()
	if err != nil {
		panic(err)
	}
	cmd := exec.Command(self, "child")
	cmd.Env = append(os.Environ(), "MARK=m")
	cmd.Stdin = strings.NewReader("hello\nthere\n")
	out, err := cmd.Output()
	fmt.Printf("%q %v\n", out, err)

	signals := make(chan os.Signal, 4)
	signal.Notify(signals, syscall.SIGUSR1, syscall.SIGHUP)
	syscall.Kill(os.Getpid(), syscall.SIGUSR1)
	select {
	case s := <-signals:
		fmt.Println(s)
	case <-time.After(5 * time.Second):
		fmt.Println("no signal")
	}
	defer func() {
		fmt.Println("recovered:", recover())
		var m map[string]int
		defer func() { fmt.Println("recovered:", recover()) }()
		m["x"] = 1
	}()
	var p *struct{ a, b int }
	p.b = 1
}
