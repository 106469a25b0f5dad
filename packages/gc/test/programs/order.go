package main

// Builtins read their operands at their place among calls.
func order() {
	x := make([]int, 1, 2)
	grow := func() int { x = make([]int, 3); return 2 }
	a, b, c := len(x), grow(), len(x)
	check(a == 1 && b == 2 && c == 3, "len before a call")

	z := 1i
	change := func() int { z = 3i; return 2 }
	d, _, e := imag(z), change(), imag(z)
	check(d == 1 && e == 3, "imag before a call")
}

type box struct{ c chan int }

// Operands of a select's cases are evaluated case by case.
func selects() {
	c := make(chan int, 1)
	x := 1
	select {
	case c <- x:
	case <-setAndMake(&x):
	}
	check(<-c == 1, "value to send before the next case's channel")

	called := false
	text := panicOf(func() {
		var b *box
		select {
		case <-b.c:
		case <-note(&called):
		}
	})
	check(text != "" && !called, "channel of the first case before the second's")
}

//go:noinline
func setAndMake(x *int) chan int {
	*x = 42
	return make(chan int)
}

//go:noinline
func note(called *bool) chan int {
	*called = true
	return nil
}
