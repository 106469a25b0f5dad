// Goroutines, channels, select, mutexes.
package main

import (
	"fmt"
	"sync"
)

func main() {
	in, out := make(chan int), make(chan int, 64)
	done := make(chan struct{})
	var wg sync.WaitGroup
	for range 8 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for x := range in {
				select {
				case out <- x * x:
				case <-done:
					return
				}
			}
		}()
	}
	go func() {
		for i := range 400_000 {
			in <- i
		}
		close(in)
		wg.Wait()
		close(out)
	}()
	sum := 0
	for x := range out {
		sum ^= x
	}
	close(done)
	var mu sync.Mutex
	n := 0
	var all sync.WaitGroup
	for range 10_000 {
		all.Add(1)
		go func() {
			mu.Lock()
			n++
			mu.Unlock()
			all.Done()
		}()
	}
	all.Wait()
	fmt.Println(sum, n)
}
