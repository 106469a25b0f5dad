// An HTTP server and client over a real socket, with TLS configuration, JSON and concurrency.
package main

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"sync"
)

func main() {
	srv := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		json.NewEncoder(w).Encode(map[string]any{"path": r.URL.Path, "method": r.Method})
	}))
	defer srv.Close()
	client := srv.Client()
	var wg sync.WaitGroup
	results := make([]string, 8)
	for i := range results {
		wg.Add(1)
		go func() {
			defer wg.Done()
			resp, err := client.Get(fmt.Sprintf("%s/item/%d", srv.URL, i))
			if err != nil {
				results[i] = err.Error()
				return
			}
			defer resp.Body.Close()
			body, _ := io.ReadAll(resp.Body)
			results[i] = string(body)
		}()
	}
	wg.Wait()
	for _, r := range results {
		fmt.Print(r)
	}
}
