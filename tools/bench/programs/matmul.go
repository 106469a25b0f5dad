// Slices of slices, bounds checks in the inner loop.
package main

import "fmt"

func matrix(n int) [][]float64 {
	m := make([][]float64, n)
	for i := range m {
		m[i] = make([]float64, n)
		for j := range m[i] {
			m[i][j] = float64(i-j) * float64(i+j) / float64(n*n)
		}
	}
	return m
}

func main() {
	const n = 500
	a, b, c := matrix(n), matrix(n), matrix(n)
	for i := range n {
		for j := range n {
			var sum float64
			for k := range n {
				sum += a[i][k] * b[k][j]
			}
			c[i][j] = sum
		}
	}
	fmt.Printf("%.6f\n", c[n/2][n/3])
}
