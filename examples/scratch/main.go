// Scratch is an HTTP server for a root with nothing else in it: no shell, no libc, no certificates, no
// time zones. What it needs is inside.
//
//	go build -trimpath -ldflags="-s -w" -o scratch ./examples/scratch
//	docker build -f examples/scratch/Containerfile -t scratch .
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log"
	"net"
	"net/http"
	"os/signal"
	"runtime"
	"syscall"
	"time"
	// Zones for time.LoadLocation, which a scratch image has no files for.
	_ "time/tzdata"
)

func main() {
	listen := flag.String("listen", ":8080", "`address` to serve on; port 0 takes a free one")
	flag.Parse()
	log.SetFlags(0)
	if err := serve(*listen); err != nil {
		log.Fatal("scratch: ", err)
	}
}

// serve answers until SIGINT or SIGTERM, then ends what is under way.
func serve(listen string) error {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	listener, err := net.Listen("tcp", listen)
	if err != nil {
		return err
	}
	server := &http.Server{Handler: routes(), ReadHeaderTimeout: 5 * time.Second}
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(listener) }()
	log.Printf("listening on http://%s", listener.Addr())

	select {
	case err := <-ended:
		return err
	case <-ctx.Done():
	}
	grace, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	if err := server.Shutdown(grace); err != nil {
		return err
	}
	if err := <-ended; !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	log.Print("bye")
	return nil
}

func routes() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprintf(w, "%s on %s/%s\n", runtime.Version(), runtime.GOOS, runtime.GOARCH)
	})
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusNoContent)
	})
	mux.HandleFunc("GET /time/{zone...}", localTime)
	return mux
}

// localTime tells the time in a zone such as Europe/Zurich.
func localTime(w http.ResponseWriter, r *http.Request) {
	zone, err := time.LoadLocation(r.PathValue("zone"))
	if err != nil {
		http.Error(w, err.Error(), http.StatusNotFound)
		return
	}
	fmt.Fprintln(w, time.Now().In(zone).Format(time.RFC1123Z))
}
