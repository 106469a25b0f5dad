// Processes, files, signals, timers.
package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"syscall"
	"time"
)

func main() {
	cmd := exec.Command("sh", "-c", "cat; echo err >&2; exit 3")
	cmd.Stdin = bytes.NewBufferString("input ")
	out, err := cmd.CombinedOutput()
	fmt.Printf("%q %v\n", out, err)
	c := make(chan os.Signal, 1)
	signal.Notify(c, syscall.SIGUSR1)
	syscall.Kill(os.Getpid(), syscall.SIGUSR1)
	select {
	case s := <-c:
		fmt.Println(s)
	case <-time.After(5 * time.Second):
		fmt.Println("no signal")
	}
	f, _ := os.CreateTemp("", "x")
	defer os.Remove(f.Name())
	f.WriteString("hello")
	b, _ := os.ReadFile(f.Name())
	fmt.Println(string(b))
}
