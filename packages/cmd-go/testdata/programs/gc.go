// Allocation-heavy work with finalizers, weak pointers, maps and stacks full of pointers.
package main

import (
	"fmt"
	"runtime"
	"runtime/debug"
	"strings"
	"sync"
	"weak"
)

type node struct {
	next  *node
	data  []byte
	name  string
	attrs map[string]*node
	any   any
}

func build(n int) *node {
	var head *node
	for i := range n {
		x := &node{next: head, data: make([]byte, i%64), name: fmt.Sprint("n", i), any: i}
		if i%8 == 0 {
			x.attrs = map[string]*node{x.name: head, "self": x}
			x.any = func() *node { return x }
		}
		head = x
	}
	return head
}

func check(head *node, n int) {
	for x := head; x != nil; x = x.next {
		n--
		if x.name != fmt.Sprint("n", n) || len(x.data) != n%64 {
			panic(x.name)
		}
		if f, ok := x.any.(func() *node); ok && (f() != x || x.attrs["self"] != x) {
			panic("closure")
		}
	}
	if n != 0 {
		panic(n)
	}
}

func recurse(depth int, keep *node) int {
	local := node{name: strings.Repeat("x", depth%10)}
	if depth == 0 {
		runtime.GC()
		return len(keep.name)
	}
	local.next = keep
	return recurse(depth-1, &local) + len(local.name) - depth%10
}

func main() {
	debug.SetGCPercent(20)
	var wg sync.WaitGroup
	for g := range 4 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for i := range 6 {
				n := 500 + 100*g + i
				check(build(n), n)
			}
			recurse(2000, &node{name: "abc"})
		}()
	}
	wg.Wait()
	finalized := make(chan bool, 1)
	x := &node{name: "weak"}
	w := weak.Make(x)
	runtime.SetFinalizer(x, func(*node) { finalized <- true })
	fmt.Println(w.Value().name)
	x = nil
	for range 3 {
		runtime.GC()
	}
	fmt.Println(<-finalized, w.Value() == nil)
	var big [][]byte
	for i := range 200 {
		big = append(big, make([]byte, 1<<16))
		if i%50 == 49 {
			big = nil
		}
	}
	fmt.Println(len(big))
}
