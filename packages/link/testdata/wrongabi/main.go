// Assembly refers to a Go function under an ABI for which there is nothing.
package main

import _ "os"

func asm()

func main() { asm() }
