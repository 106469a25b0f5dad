// Slices that are cut in place: only what changes is stored.
package main

type node struct {
	rows [3][]int
	next *node
}

var global = []string{"a", "b", "c", "d"}

//go:noinline
func cut(n *node, i, j int) {
	n.rows[i] = n.rows[i][:j]
}

//go:noinline
func cutCap(n *node, i, j, k int) {
	n.next.rows[i] = n.next.rows[i][0:j:k]
}

//go:noinline
func zero() int {
	global = []string{"x", "y", "z"}
	return 2
}

//go:noinline
func local(s []int) []int {
	p := &s
	*p = (*p)[:1]
	s = s[:2]
	return *p
}

func index() (i int) {
	defer func() { recover() }()
	i = -1
	n := &node{}
	cut(n, 1, 1)
	return 0
}

func main() {
	n := &node{next: &node{}}
	n.rows[1] = []int{1, 2, 3, 4}
	n.next.rows[2] = []int{5, 6, 7, 8}
	cut(n, 1, 2)
	cutCap(n, 2, 1, 3)
	println(len(n.rows[1]), cap(n.rows[1]), n.rows[1][1])
	println(len(n.next.rows[2]), cap(n.next.rows[2]), n.next.rows[2][0])
	global = global[:zero()]
	println(len(global), cap(global) >= 2, len(global[0]))
	s := local([]int{1, 2, 3})
	println(len(s), cap(s), s[1], index())
}
