package main

import "reflect"

type blank struct{ a, _, c int }

var blankVar = blank{1, 2, 3}

var hidden = []rune{0, 1, 2, 3}
var escaped any

//go:noinline
func newArray() { escaped = new([4]int32) }

type pair interface{ ~struct{ X, Y int } }

func keyed[T pair]() T { return T{Y: 2} }

func local[T any](x T) any {
	type of[U any] struct {
		t T
		u U
	}
	return of[int]{x, 1}
}

func literals() {
	calls := 0
	f := func() int { calls++; return 7 }
	b := blank{1, f(), 3}
	check(calls == 1, "the value of a blank field is evaluated")
	check(reflect.ValueOf(b).Field(1).Int() == 0, "and not stored")
	check(reflect.ValueOf(blankVar).Field(1).Int() == 0, "nor in static data")

	// The array behind `hidden` is no [4]int32 to anybody else.
	k := reflect.New(reflect.ArrayOf(4, reflect.TypeOf(int32(0)))).Elem().Interface()
	check(len(map[any]int{k: 1}) == 1, "an array type that reflect found can be hashed")
	newArray()

	field := reflect.TypeOf(struct {
		A int `k:"いろは"`
		B int "\xff"
	}{})
	check(field.Field(0).Tag.Get("k") == "いろは", "a tag is not ASCII")
	check(field.Field(1).Tag == "\xff", "a tag is not UTF-8")
	check(field.String() == "struct { A int \"k:\\\"いろは\\\"\"; B int \"\\xff\" }", "nor in type names")

	p := keyed[struct{ X, Y int }]()
	check(p.X == 0 && p.Y == 2, "keyed literal of a type parameter")
	check(local("x") != local(1), "generic type in a generic function")
}

func result() (x int) {
	defer func() { check(x == 42, "a result captured by a deferred function") }()
	return 42
}

func captures() {
	check(result() == 42, "the result itself")
}

func zero[T ~float64](x T) T { return T(0 + 0i) }

func constants() {
	check(zero(1.5) == 0, "real constant in complex form")
	large := int64(-0x10145018989cd1)
	check(large>>4 == -0x10145018989ce && large&1 == 1, "negative constant of 53 bits")
	x := 1
	const m = 1<<64 - 1
	check(x<<(m+0.+0i) == 0, "shift by a complex constant")
}
