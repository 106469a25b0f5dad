// Dies with a traceback through inlined calls, closures, methods and goroutines.
package main

type tree struct {
	left, right *tree
	value       int
}

func (t *tree) sum(depth int) int {
	if depth == 3 {
		return t.left.right.value
	}
	return t.left.sum(depth+1) + small(t.value)
}

func small(x int) int { return indexed([]int{1, 2}, x) }

//go:noinline
func indexed(s []int, i int) int { return s[i] }

func try(f func()) {
	defer func() {
		if e, ok := recover().(error); ok {
			println(e.Error())
		}
	}()
	f()
}

func main() {
	try(func() { small(5) })
	try(func() { _ = any("x").(int) })
	try(func() { a, n := []int{1}, 3; _ = a[1:n] })
	try(func() { x := 0; println(1 / x) })
	leaf := &tree{value: 1}
	root := &tree{left: &tree{left: &tree{left: leaf}}}
	func() {
		root.sum(0)
	}()
}
