// Allocation and collection of many small objects.
package main

import "fmt"

type node struct{ left, right *node }

func build(depth int) *node {
	if depth == 0 {
		return &node{}
	}
	return &node{build(depth - 1), build(depth - 1)}
}

func (n *node) check() int {
	if n.left == nil {
		return 1
	}
	return 1 + n.left.check() + n.right.check()
}

func main() {
	const maxDepth = 15
	long := build(maxDepth)
	for depth := 4; depth <= maxDepth; depth += 4 {
		iterations := 1 << (maxDepth - depth + 4)
		check := 0
		for range iterations {
			check += build(depth).check()
		}
		fmt.Println(iterations, depth, check)
	}
	fmt.Println(long.check())
}
