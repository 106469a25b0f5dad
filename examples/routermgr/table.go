package main

import (
	"fmt"
	"net/netip"
	"slices"
	"sync"

	"example.com/routermgr/routerpb"
)

// A table holds the routes of all routers and everything that was ever changed in them.
type table struct {
	mu     sync.Mutex
	routes map[string]map[netip.Prefix]*routerpb.Route
	events []*routerpb.Event
	// Closed and replaced at every change.
	changed chan struct{}
}

func newTable() *table {
	return &table{
		routes:  make(map[string]map[netip.Prefix]*routerpb.Route),
		changed: make(chan struct{}),
	}
}

// set adds or replaces a route and returns the new revision.
func (t *table) set(route *routerpb.Route) (uint64, error) {
	prefix, err := netip.ParsePrefix(route.GetPrefix())
	if err != nil {
		return 0, err
	}
	if _, err := netip.ParseAddr(route.GetNextHop()); err != nil {
		return 0, fmt.Errorf("next hop: %w", err)
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	own := t.routes[route.GetRouter()]
	if own == nil {
		own = make(map[netip.Prefix]*routerpb.Route)
		t.routes[route.GetRouter()] = own
	}
	own[prefix.Masked()] = route
	revision := uint64(len(t.events)) + 1
	t.events = append(t.events, &routerpb.Event{Revision: revision, Route: route})
	close(t.changed)
	t.changed = make(chan struct{})
	return revision, nil
}

// lookup finds the longest prefix that has the address; of equal ones there is only one.
func (t *table) lookup(router, address string) (*routerpb.Route, error) {
	addr, err := netip.ParseAddr(address)
	if err != nil {
		return nil, err
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	own := t.routes[router]
	for bits := addr.BitLen(); bits >= 0; bits-- {
		prefix, err := addr.Prefix(bits)
		if err != nil {
			return nil, err
		}
		if route, ok := own[prefix]; ok {
			return route, nil
		}
	}
	return nil, nil
}

// since returns the events after a revision, and a channel that is closed when there are more.
func (t *table) since(revision uint64) ([]*routerpb.Event, <-chan struct{}) {
	t.mu.Lock()
	defer t.mu.Unlock()
	first := min(revision, uint64(len(t.events)))
	return slices.Clone(t.events[first:]), t.changed
}
