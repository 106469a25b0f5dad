package main

import (
	"runtime"
	"strings"
)

type tracer struct{ names string }

func trace() *tracer { return &tracer{} }

// record keeps the names of the functions above it, up to main.main.
//
//go:noinline
func (t *tracer) record(into *string) {
	var pcs [30]uintptr
	n := runtime.Callers(2, pcs[:])
	frames := runtime.CallersFrames(pcs[:n])
	for range 40 {
		frame, more := frames.Next()
		t.names += frame.Function[strings.LastIndex(frame.Function, ".")+1:] + " "
		if !more || frame.Function == "main.main" {
			break
		}
	}
	*into = t.names
}

type queue struct{ work []func() }

// The literal that is added calls one of its caller's, into which trace has been inlined before.
func (q *queue) add(f func(into *string), into *string) {
	q.work = append(q.work, func() { f(into) })
}

func (q *queue) fill(into *[2]string) {
	q.add(func(into *string) { trace().record(into) }, &into[0])
	q.add(func(into *string) {
		func() { trace().record(into) }()
	}, &into[1])
}

//go:noinline
func two() (int, int) { return 20, 22 }

//go:noinline
func sum(a, b int) int { return a + b }

// spread has a call of several values and nothing inlined.
//
//go:noinline
func spread() int { return sum(two()) }

// unwinding: each inlined call is left for its caller, whatever was inlined into what.
func unwinding() {
	var q queue
	var names [2]string
	q.fill(&names)
	for i, f := range q.work {
		f()
		check(strings.HasSuffix(names[i], "unwinding main "), "inlined frames lead to the outermost: "+names[i])
	}
	check(strings.Count(names[0], " ") == 4, "a literal within a literal: "+names[0])
	check(strings.Count(names[1], " ") == 5, "two of them: "+names[1])
	check(spread() == 42, "several values as arguments")
}
