// Generic containers and iterators.
package main

import (
	"cmp"
	"fmt"
	"iter"
)

type tree[K cmp.Ordered, V any] struct{ root *treeNode[K, V] }

type treeNode[K cmp.Ordered, V any] struct {
	key         K
	value       V
	left, right *treeNode[K, V]
}

func (t *tree[K, V]) put(key K, value V) {
	p := &t.root
	for *p != nil {
		switch n := *p; {
		case key < n.key:
			p = &n.left
		case key > n.key:
			p = &n.right
		default:
			n.value = value
			return
		}
	}
	*p = &treeNode[K, V]{key: key, value: value}
}

func (n *treeNode[K, V]) walk(yield func(K, V) bool) bool {
	return n == nil || n.left.walk(yield) && yield(n.key, n.value) && n.right.walk(yield)
}

func (t *tree[K, V]) all() iter.Seq2[K, V] {
	return func(yield func(K, V) bool) { t.root.walk(yield) }
}

func fold[T, A any](seq iter.Seq2[T, A], init A, f func(A, T, A) A) A {
	for k, v := range seq {
		init = f(init, k, v)
	}
	return init
}

func main() {
	var ints tree[int, int]
	x := uint32(3)
	for range 300_000 {
		x = x*1664525 + 1013904223
		ints.put(int(x>>10), int(x&0xff))
	}
	sum := 0
	for range 5 {
		sum += fold(ints.all(), 0, func(a, k, v int) int { return a ^ k + v })
	}
	var words tree[string, float64]
	for i := range 60_000 {
		words.put(fmt.Sprintf("%06d", i*7919%100_003), float64(i))
	}
	n := 0
	for k := range words.all() {
		if k[0] == '0' {
			n++
		}
	}
	fmt.Println(sum, n)
}
