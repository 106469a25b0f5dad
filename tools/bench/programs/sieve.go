// Byte array with strided stores.
package main

import "fmt"

func main() {
	const n = 5_000_000
	total := 0
	for range 6 {
		composite := make([]bool, n+1)
		for i := 2; i*i <= n; i++ {
			if !composite[i] {
				for j := i * i; j <= n; j += i {
					composite[j] = true
				}
			}
		}
		for i := 2; i <= n; i++ {
			if !composite[i] {
				total++
			}
		}
	}
	fmt.Println(total)
}
