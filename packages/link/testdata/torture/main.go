// Goroutines, growing stacks, finalizers and a collector that runs all the time: stack maps, GC
// programs of globals, type masks and funcdata must all be right for it to survive.
package main

import (
	"fmt"
	"runtime"
	"runtime/debug"
	"sync"
	"sync/atomic"
)

type node struct {
	left, right *node
	val         int
	name        string
	extra       map[string][]int
}

var global struct {
	pad   [3]int
	roots [64]*node
	deep  [4][3]struct {
		n int
		p *node
	}
	iface any
}

func build(depth int) *node {
	if depth == 0 {
		return &node{val: 1, name: "leaf"}
	}
	return &node{build(depth - 1), build(depth - 1), depth, fmt.Sprint("n", depth), map[string][]int{"d": {depth}}}
}

func (n *node) sum() int {
	if n == nil {
		return 0
	}
	s := n.val + n.left.sum() + n.right.sum()
	for _, v := range n.extra {
		s += v[0]
	}
	return s
}

func recurse(n int, p *node) int {
	var buf [128]byte
	buf[n%128] = byte(n)
	if n == 0 {
		runtime.GC()
		return p.sum()
	}
	return recurse(n-1, p) + int(buf[(n+1)%128])
}

func main() {
	debug.SetGCPercent(5)
	for i := range global.roots {
		global.roots[i] = build(i % 6)
	}
	for i := range global.deep {
		for j := range global.deep[i] {
			global.deep[i][j].p = build(3)
		}
	}
	global.iface = build(4)
	var total atomic.Int64
	var wg sync.WaitGroup
	for g := range 32 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for i := range 20 {
				tree := build(5)
				total.Add(int64(tree.sum()))
				if i%10 == 0 {
					total.Add(int64(recurse(200+g, tree)))
				}
				runtime.Gosched()
			}
		}()
	}
	wg.Wait()
	sum := 0
	for _, r := range global.roots {
		sum += r.sum()
	}
	for i := range global.deep {
		for j := range global.deep[i] {
			sum += global.deep[i][j].p.sum()
		}
	}
	sum += global.iface.(*node).sum()
	fmt.Println(total.Load(), sum)
}
