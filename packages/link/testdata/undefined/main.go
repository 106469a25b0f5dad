// A function without a body: the compiler accepts it if there is an assembly file.
package main

func missing() int

func main() { println(missing()) }
