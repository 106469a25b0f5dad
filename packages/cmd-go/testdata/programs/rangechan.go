// What a range over a channel hands out, kept in registers and in memory, and who still has it.
package main

type wide struct {
	p    *int
	rest [6]int
}

func main() {
	c := make(chan []byte, 3)
	c <- []byte("one")
	c <- nil
	c <- []byte("three")
	close(c)
	for x := range c {
		print(string(x), len(x), " ")
		if x == nil {
			continue
		}
		x = nil
	}
	w := make(chan wide, 3)
	for i := range 3 {
		n := i * 10
		w <- wide{&n, [6]int{5: i}}
	}
	close(w)
	for x := range w {
		print(*x.p, " ", x.rest[5], " ")
		if x.rest[5] == 1 {
			continue
		}
		x.p = nil
	}
	println()
}
