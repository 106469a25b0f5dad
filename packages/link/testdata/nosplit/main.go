// Chains of functions without stack check that need more than there is: one deep, one recursive.
package main

func deep()
func loop()

func main() {
	deep()
	loop()
}
