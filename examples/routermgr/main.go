// Routermgr keeps routing tables and answers questions about them over gRPC.
//
//	routermgr serve -listen 127.0.0.1:7400
//	routermgr load -server 127.0.0.1:7400 -calls 10000 -streams 100
//	routermgr demo
//
// demo is both in one process.
package main

import (
	"context"
	"flag"
	"fmt"
	"net"
	"os"
	"os/signal"
	"syscall"

	"google.golang.org/grpc"

	"example.com/routermgr/routerpb"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "routermgr:", err)
		os.Exit(1)
	}
}

func run(args []string) error {
	if len(args) == 0 {
		return fmt.Errorf("usage: routermgr serve|load|demo [flags]")
	}
	flags := flag.NewFlagSet(args[0], flag.ExitOnError)
	listen := flags.String("listen", "127.0.0.1:7400", "address to serve at")
	address := flags.String("server", "127.0.0.1:7400", "address of the server")
	calls := flags.Int("calls", 10000, "lookups to make")
	streams := flags.Int("streams", 100, "streams to follow")
	if err := flags.Parse(args[1:]); err != nil {
		return err
	}
	ctx, cancel := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer cancel()
	switch args[0] {
	case "serve":
		listener, err := net.Listen("tcp", *listen)
		if err != nil {
			return err
		}
		return serve(ctx, listener)
	case "load":
		return load(ctx, *address, *calls, *streams)
	case "demo":
		listener, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			return err
		}
		ctx, stop := context.WithCancel(ctx)
		done := make(chan error, 1)
		go func() { done <- serve(ctx, listener) }()
		err = load(ctx, listener.Addr().String(), *calls, *streams)
		stop()
		if stopped := <-done; err == nil {
			err = stopped
		}
		return err
	}
	return fmt.Errorf("unknown command %q", args[0])
}

// serve answers until the context ends, and then lets calls that are under way finish.
func serve(ctx context.Context, listener net.Listener) error {
	service := &server{table: newTable(), stopping: make(chan struct{})}
	s := grpc.NewServer()
	routerpb.RegisterRouterManagerServer(s, service)
	context.AfterFunc(ctx, func() {
		close(service.stopping)
		s.GracefulStop()
	})
	fmt.Fprintln(os.Stderr, "serving at", listener.Addr())
	if err := s.Serve(listener); err != nil {
		return err
	}
	fmt.Fprintln(os.Stderr, "stopped")
	return nil
}
