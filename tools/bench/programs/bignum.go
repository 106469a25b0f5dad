// Arbitrary-precision arithmetic: digits of pi.
package main

import (
	"fmt"
	"math/big"
)

func main() {
	const digits = 2500
	unity := new(big.Int).Exp(big.NewInt(10), big.NewInt(digits+10), nil)
	arctan := func(inv int64) *big.Int {
		sum := new(big.Int).Div(unity, big.NewInt(inv))
		term := new(big.Int).Set(sum)
		square := big.NewInt(inv * inv)
		for n := int64(3); term.Sign() != 0; n += 2 {
			term.Div(term, square)
			part := new(big.Int).Div(term, big.NewInt(n))
			if n%4 == 3 {
				sum.Sub(sum, part)
			} else {
				sum.Add(sum, part)
			}
		}
		return sum
	}
	var text string
	for range 8 {
		pi := new(big.Int).Mul(arctan(5), big.NewInt(16))
		pi.Sub(pi, new(big.Int).Mul(arctan(239), big.NewInt(4)))
		text = pi.String()
	}
	fmt.Println(text[:20], text[digits-10:digits])
}
