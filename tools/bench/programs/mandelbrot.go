// Tight floating point loop without memory.
package main

import "fmt"

func main() {
	const n, limit = 1000, 50
	inside := 0
	for y := range n {
		ci := 2*float64(y)/n - 1
		for x := range n {
			cr := 2*float64(x)/n - 1.5
			var zr, zi float64
			i := 0
			for ; i < limit && zr*zr+zi*zi <= 4; i++ {
				zr, zi = zr*zr-zi*zi+cr, 2*zr*zi+ci
			}
			if i == limit {
				inside++
			}
		}
	}
	fmt.Println(inside)
}
