// An HTTP server and a client in one process: 10,000 requests over 100 connections.
package main

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
)

func main() {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /echo/{name}", func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		w.Header().Set("X-Name", r.PathValue("name"))
		fmt.Fprintf(w, "%s:%d", strings.ToUpper(string(body)), len(body))
	})
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	server := &http.Server{Handler: mux}
	go server.Serve(listener)
	base := "http://" + listener.Addr().String() + "/echo/"

	transport := &http.Transport{MaxIdleConnsPerHost: 100, MaxConnsPerHost: 100}
	client := &http.Client{Transport: transport}
	var good atomic.Int64
	var wg sync.WaitGroup
	for c := range 100 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for i := range 100 {
				name := fmt.Sprintf("n%d-%d", c, i)
				resp, err := client.Post(base+name, "text/plain", strings.NewReader("abc"+name))
				if err != nil {
					fmt.Println(err)
					return
				}
				data, _ := io.ReadAll(resp.Body)
				resp.Body.Close()
				want := fmt.Sprintf("%s:%d", strings.ToUpper("abc"+name), 3+len(name))
				if string(data) == want && resp.Header.Get("X-Name") == name {
					good.Add(1)
				}
			}
		}()
	}
	wg.Wait()
	server.Close()
	fmt.Println(good.Load())
}
