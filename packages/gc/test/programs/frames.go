package main

type row struct {
	p    *[40]int
	list []*[40]int
}

var kept []*[40]int

// dirty leaves small integers where the next frame will be; as pointers they are found to be wrong
// when a stack is moved.
//
//go:noinline
func dirty(n int) int {
	var a [50]int
	for i := range a {
		a[i] = 15 + n - n
	}
	return a[n&31]
}

//go:noinline
func rows() int {
	rows := []row{
		{p: &[40]int{1}, list: []*[40]int{{2}, {3}}},
		{p: &[40]int{4}, list: []*[40]int{{5}, {6}}},
		{p: &[40]int{7}, list: []*[40]int{{8}, {9}}},
	}
	sum := 0
	for _, r := range rows {
		kept = append(kept[:0], r.p)
		kept = append(kept, r.list...)
		sum += kept[0][0] + kept[2][0]
	}
	return sum
}

//go:noinline
func deeper(depth int) int {
	if depth > 0 {
		return deeper(depth-1) + 1
	}
	return dirty(0) + rows() - 15
}

// frames: a slot of the frame is never seen half written, wherever the stack is moved.
func frames() {
	done := make(chan int)
	for depth := range 150 {
		go func() { done <- deeper(depth) }()
		check(<-done == depth+30, "a literal in the frame")
	}
}
