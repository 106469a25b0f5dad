// Floating point division and slices.
package main

import (
	"fmt"
	"math"
)

func a(i, j int) float64 { return 1 / float64((i+j)*(i+j+1)/2+i+1) }

func mulAv(v, av []float64) {
	for i := range av {
		var sum float64
		for j, x := range v {
			sum += a(i, j) * x
		}
		av[i] = sum
	}
}

func mulAtv(v, atv []float64) {
	for i := range atv {
		var sum float64
		for j, x := range v {
			sum += a(j, i) * x
		}
		atv[i] = sum
	}
}

func main() {
	const n = 1500
	u, v, t := make([]float64, n), make([]float64, n), make([]float64, n)
	for i := range u {
		u[i] = 1
	}
	for range 10 {
		mulAv(u, t)
		mulAtv(t, v)
		mulAv(v, t)
		mulAtv(t, u)
	}
	var vBv, vv float64
	for i := range u {
		vBv += u[i] * v[i]
		vv += v[i] * v[i]
	}
	fmt.Printf("%.9f\n", math.Sqrt(vBv/vv))
}
