// Dynamic dispatch, type switches, closures, defer.
package main

import "fmt"

type shape interface{ area() float64 }

type (
	square struct{ side float64 }
	circle struct{ r float64 }
	rect   struct{ w, h float64 }
)

func (s square) area() float64  { return s.side * s.side }
func (c *circle) area() float64 { return 3 * c.r * c.r }
func (r rect) area() float64    { return r.w * r.h }

func kind(s any) int {
	switch s.(type) {
	case square:
		return 1
	case *circle:
		return 2
	case fmt.Stringer:
		return 3
	default:
		return 4
	}
}

func guarded(f func() int) (n int) {
	defer func() { n++ }()
	return f()
}

func main() {
	shapes := []shape{square{2}, &circle{3}, rect{4, 5}, square{6}, &circle{1}}
	var total float64
	kinds, calls := 0, 0
	for i := range 6_000_000 {
		s := shapes[i%len(shapes)]
		total += s.area()
		kinds += kind(s)
		calls += guarded(func() int { return i & 1 })
	}
	fmt.Println(total, kinds, calls)
}
