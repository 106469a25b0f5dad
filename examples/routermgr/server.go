package main

import (
	"context"
	"errors"
	"io"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"example.com/routermgr/routerpb"
)

type server struct {
	routerpb.UnimplementedRouterManagerServer
	table *table
	// Closed when the server is about to stop: watchers end then.
	stopping chan struct{}
}

func (s *server) Lookup(_ context.Context, req *routerpb.LookupRequest) (*routerpb.LookupReply, error) {
	route, err := s.table.lookup(req.GetRouter(), req.GetAddress())
	if err != nil {
		return nil, status.Error(codes.InvalidArgument, err.Error())
	}
	return &routerpb.LookupReply{Route: route, Found: route != nil}, nil
}

func (s *server) Set(_ context.Context, route *routerpb.Route) (*routerpb.SetReply, error) {
	revision, err := s.table.set(route)
	if err != nil {
		return nil, status.Error(codes.InvalidArgument, err.Error())
	}
	return &routerpb.SetReply{Revision: revision}, nil
}

func (s *server) Watch(req *routerpb.WatchRequest, stream grpc.ServerStreamingServer[routerpb.Event]) error {
	after := req.GetAfter()
	for sent := uint32(0); ; {
		events, changed := s.table.since(after)
		for _, event := range events {
			if err := stream.Send(event); err != nil {
				return err
			}
			after = event.GetRevision()
			if sent++; sent == req.GetLimit() {
				return nil
			}
		}
		select {
		case <-changed:
		case <-stream.Context().Done():
			return stream.Context().Err()
		case <-s.stopping:
			return status.Error(codes.Unavailable, "the server is stopping")
		}
	}
}

func (s *server) Load(stream grpc.ClientStreamingServer[routerpb.Route, routerpb.LoadSummary]) error {
	summary := new(routerpb.LoadSummary)
	for {
		route, err := stream.Recv()
		if errors.Is(err, io.EOF) {
			return stream.SendAndClose(summary)
		}
		if err != nil {
			return err
		}
		if summary.Revision, err = s.table.set(route); err != nil {
			return status.Error(codes.InvalidArgument, err.Error())
		}
		summary.Routes++
	}
}

func (s *server) Trace(stream grpc.BidiStreamingServer[routerpb.LookupRequest, routerpb.LookupReply]) error {
	for {
		req, err := stream.Recv()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		reply, err := s.Lookup(stream.Context(), req)
		if err != nil {
			return err
		}
		if err := stream.Send(reply); err != nil {
			return err
		}
	}
}
