package main

import (
	"context"
	"fmt"
	"sync"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"

	"example.com/routermgr/routerpb"
)

// load calls the service as a busy network would and says what came of it.
func load(ctx context.Context, address string, calls, streams int) error {
	conn, err := grpc.NewClient(address, grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		return err
	}
	defer conn.Close()
	client := routerpb.NewRouterManagerClient(conn)
	start := time.Now()
	if err := fill(ctx, client); err != nil {
		return fmt.Errorf("load: %w", err)
	}
	found, err := lookups(ctx, client, calls)
	if err != nil {
		return fmt.Errorf("lookup: %w", err)
	}
	events, err := watches(ctx, client, streams)
	if err != nil {
		return fmt.Errorf("watch: %w", err)
	}
	fmt.Printf("%d lookups, %d found; %d streams, %d events\n", calls, found, streams, events)
	fmt.Printf("took %v\n", time.Since(start).Round(time.Millisecond))
	return nil
}

// fill sends 256 routes in one stream.
func fill(ctx context.Context, client routerpb.RouterManagerClient) error {
	stream, err := client.Load(ctx)
	if err != nil {
		return err
	}
	for i := range 256 {
		route := &routerpb.Route{
			Router:  "r1",
			Prefix:  fmt.Sprintf("10.%d.0.0/16", i),
			NextHop: fmt.Sprintf("192.0.2.%d", i),
			Metric:  uint32(i),
		}
		if err := stream.Send(route); err != nil {
			return err
		}
	}
	summary, err := stream.CloseAndRecv()
	if err != nil {
		return err
	}
	if summary.GetRoutes() != 256 {
		return fmt.Errorf("%d routes arrived of 256", summary.GetRoutes())
	}
	return nil
}

// lookups asks from 16 goroutines; every other address has a route.
func lookups(ctx context.Context, client routerpb.RouterManagerClient, calls int) (int, error) {
	const workers = 16
	var wg sync.WaitGroup
	found := make([]int, workers)
	errs := make([]error, workers)
	for w := range workers {
		wg.Go(func() {
			for i := w; i < calls; i += workers {
				address := fmt.Sprintf("%d.%d.1.2", 10+i%2, i/2%256)
				reply, err := client.Lookup(ctx, &routerpb.LookupRequest{Router: "r1", Address: address})
				if err != nil {
					errs[w] = err
					return
				}
				if reply.GetFound() {
					found[w]++
				}
			}
		})
	}
	wg.Wait()
	total := 0
	for w := range workers {
		if errs[w] != nil {
			return 0, errs[w]
		}
		total += found[w]
	}
	return total, nil
}

// watches follows all changes so far in each stream.
func watches(ctx context.Context, client routerpb.RouterManagerClient, streams int) (int, error) {
	events := 0
	for range streams {
		stream, err := client.Watch(ctx, &routerpb.WatchRequest{Router: "r1", Limit: 256})
		if err != nil {
			return 0, err
		}
		for last := uint64(0); last < 256; events++ {
			event, err := stream.Recv()
			if err != nil {
				return 0, err
			}
			if event.GetRevision() != last+1 {
				return 0, fmt.Errorf("event %d after %d", event.GetRevision(), last)
			}
			last++
		}
	}
	return events, nil
}
