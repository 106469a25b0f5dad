// Portable hash code and the assembly kernels of the library.
package main

import (
	"crypto/sha256"
	"fmt"
	"hash/crc32"
	"hash/fnv"
)

func main() {
	data := make([]byte, 1<<20)
	for i := range data {
		data[i] = byte(i * 7)
	}
	sum := sha256.Sum256(data)
	for range 60 {
		copy(data, sum[:])
		sum = sha256.Sum256(data)
	}
	h := fnv.New64a()
	for range 100 {
		h.Write(data)
	}
	fmt.Printf("%x %x %x\n", sum[:4], h.Sum64(), crc32.ChecksumIEEE(data))
}
