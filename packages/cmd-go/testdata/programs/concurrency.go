// Goroutines, channels, select, timers, contexts, sync.
package main

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"sync"
	"sync/atomic"
	"time"
)

func pipeline(n int) int {
	source := make(chan int)
	go func() {
		defer close(source)
		for i := range n {
			source <- i
		}
	}()
	var stage <-chan int = source
	for range 20 {
		in, out := stage, make(chan int, 3)
		go func() {
			defer close(out)
			for x := range in {
				out <- x + 1
			}
		}()
		stage = out
	}
	sum := 0
	for x := range stage {
		sum += x
	}
	return sum
}

func main() {
	fmt.Println(pipeline(1000))

	var n atomic.Int64
	var wg sync.WaitGroup
	gate := make(chan struct{})
	for range 100_000 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			<-gate
			n.Add(1)
		}()
	}
	close(gate)
	wg.Wait()
	fmt.Println(n.Load())

	a, b, quit := make(chan int), make(chan string), make(chan bool)
	go func() {
		for i := range 3 {
			a <- i
		}
		for _, s := range []string{"x", "y"} {
			b <- s
		}
		close(quit)
	}()
loop:
	for {
		select {
		case i := <-a:
			fmt.Println("int", i)
		case s, ok := <-b:
			fmt.Println("string", s, ok)
		case <-quit:
			break loop
		}
	}
	select {
	case <-a:
		fmt.Println("unexpected")
	default:
		fmt.Println("would block")
	}

	start := time.Now()
	timer := time.AfterFunc(time.Hour, func() { fmt.Println("never") })
	fmt.Println(timer.Stop())
	ticker := time.NewTicker(2 * time.Millisecond)
	for range 5 {
		<-ticker.C
	}
	ticker.Stop()
	select {
	case <-time.After(20 * time.Millisecond):
		fmt.Println("timeout", time.Since(start) >= 30*time.Millisecond)
	case <-make(chan int):
	}

	ctx, cancel := context.WithTimeoutCause(context.Background(), 5*time.Millisecond, errors.New("slow"))
	defer cancel()
	<-ctx.Done()
	fmt.Println(ctx.Err(), context.Cause(ctx))

	var once sync.Once
	var mu sync.RWMutex
	cond := sync.NewCond(&sync.Mutex{})
	shared := map[int]int{}
	ready := false
	for i := range 50 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			once.Do(func() { shared[-1] = 1 })
			for j := range 100 {
				mu.Lock()
				shared[j%7] += i
				mu.Unlock()
				mu.RLock()
				_ = shared[j%7]
				mu.RUnlock()
				if j%10 == 0 {
					runtime.Gosched()
				}
			}
			cond.L.Lock()
			for !ready {
				cond.Wait()
			}
			cond.L.Unlock()
		}()
	}
	time.Sleep(time.Millisecond)
	cond.L.Lock()
	ready = true
	cond.L.Unlock()
	cond.Broadcast()
	wg.Wait()
	fmt.Println(shared[0], shared[6], shared[-1])

	var sm sync.Map
	for i := range 100 {
		sm.Store(i, i*i)
	}
	v, ok := sm.Load(9)
	fmt.Println(v, ok)
	pool := sync.Pool{New: func() any { return new([64]byte) }}
	buf := pool.Get().(*[64]byte)
	pool.Put(buf)
	spin()
}

// A loop without calls can still be preempted.
func spin() {
	var stop atomic.Bool
	done := make(chan int)
	go func() {
		x := 0
		for !stop.Load() {
			x++
		}
		done <- 1
	}()
	old := runtime.GOMAXPROCS(1)
	time.Sleep(5 * time.Millisecond)
	stop.Store(true)
	fmt.Println("spun", <-done)
	runtime.GOMAXPROCS(old)
}
