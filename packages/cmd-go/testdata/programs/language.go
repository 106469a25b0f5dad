// Corners of the language: defer and recover, closures, generics, iterators, conversions, labels.
package main

import (
	"fmt"
	"iter"
	"math"
	"strings"
	"unsafe"
)

type Number interface {
	~int | ~int8 | ~int64 | ~uint8 | ~float64
}

func Sum[T Number](xs ...T) (s T) {
	for _, x := range xs {
		s += x
	}
	return
}

func Map[T, U any](seq iter.Seq[T], f func(T) U) iter.Seq[U] {
	return func(yield func(U) bool) {
		for x := range seq {
			if !yield(f(x)) {
				return
			}
		}
	}
}

type List[T any] struct {
	head *elem[T]
	n    int
}

type elem[T any] struct {
	v    T
	next *elem[T]
}

func (l *List[T]) Push(v T) { l.head = &elem[T]{v, l.head}; l.n++ }

func (l *List[T]) All() iter.Seq2[int, T] {
	return func(yield func(int, T) bool) {
		i := 0
		for e := l.head; e != nil; e = e.next {
			if !yield(i, e.v) {
				return
			}
			i++
		}
	}
}

func (l List[T]) Convert[U any](f func(T) U) (out []U) {
	for _, v := range l.All() {
		out = append(out, f(v))
	}
	return out
}

type Celsius float64

func (c Celsius) String() string { return fmt.Sprintf("%.1f°C", float64(c)) }

type Animal interface{ Sound() string }
type Dog struct{ name string }
type Puppy struct {
	*Dog
	age int
}

func (d *Dog) Sound() string { return d.name + " woofs" }

func divide(a, b int) (q int, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("recovered: %v", r)
		}
	}()
	return a / b, nil
}

func deferOrder() (s string) {
	for i := range 4 {
		defer func() { s += fmt.Sprint(i) }()
	}
	return "order "
}

func nested() (msg string) {
	defer func() { msg = fmt.Sprint("outer ", recover()) }()
	defer func() {
		defer func() { panic(fmt.Sprint("again after ", recover())) }()
		panic("second")
	}()
	panic("first")
}

func find(l *List[string], want string) (int, bool) {
	for i, v := range l.All() {
		defer func() { _ = v }()
		if v == want {
			return i, true
		}
	}
	return -1, false
}

func classify(x any) string {
	switch v := x.(type) {
	case nil:
		return "nil"
	case int, int64:
		return fmt.Sprintf("integer %v", v)
	case string:
		return "string " + v
	case []int:
		return fmt.Sprint("slice ", len(v))
	case error:
		return "error " + v.Error()
	case fmt.Stringer:
		return "stringer " + v.String()
	case func() int:
		return fmt.Sprint("func ", v())
	default:
		return fmt.Sprintf("%T", v)
	}
}

type matrix [3][3]float64

func (m matrix) mul(o matrix) (r matrix) {
	for i := range m {
		for j := range o {
			for k, x := range m[i] {
				r[i][j] += x * o[k][j]
			}
		}
	}
	return
}

func main() {
	fmt.Println(Sum(1, 2, 3), Sum(1.5, 2), Sum[Celsius](1, 2.25), Sum[uint8](200, 100))
	var l List[string]
	for _, w := range strings.Fields("alpha beta gamma") {
		l.Push(w)
	}
	fmt.Println(l.Convert(func(s string) int { return len(s) }), l.n)
	fmt.Println(find(&l, "beta"))
	fmt.Println(find(&l, "omega"))
	squares := Map(func(yield func(int) bool) {
		for i := 1; yield(i); i++ {
		}
	}, func(i int) int { return i * i })
	total := 0
outer:
	for sq := range squares {
		for d := range 10 {
			if sq > 500 {
				break outer
			}
			if d*d > sq {
				continue outer
			}
			total += d
		}
	}
	fmt.Println(total)

	fmt.Println(divide(7, 2))
	fmt.Println(divide(1, 0))
	fmt.Println(deferOrder(), nested())
	var animal Animal = Puppy{&Dog{"rex"}, 1}
	sound := animal.Sound
	plain := (*Dog).Sound
	fmt.Println(sound(), plain(&Dog{"fido"}), animal.(Puppy).age)
	_, isDog := animal.(*Dog)
	fmt.Println(isDog)
	for _, x := range []any{nil, 1, int64(2), "s", []int{1}, fmt.Errorf("e"), Celsius(3), func() int { return 9 }, 2i, struct{}{}} {
		fmt.Println(classify(x))
	}
	var fs []func() int
	for i := 0; i < 3; i++ {
		fs = append(fs, func() int { i *= 10; return i })
	}
	fmt.Println(fs[0](), fs[1](), fs[2](), fs[2]())
	m := matrix{{1, 2}, {0, 1, 4}, {5, 6, 0}}
	fmt.Println(m.mul(m), m == m, m.mul(m) == m)

	s := make([]int, 3, 10)
	t := append(s, 4)
	u := s[1:2:4]
	u = append(u, 7, 8, 9)
	fmt.Println(s, t, u, len(u), cap(s[2:]), *(*[2]int)(s), [3]int(s))
	str := "héllo, 世界\xff"
	for i, r := range str {
		fmt.Print(i, ":", string(r), " ")
	}
	fmt.Println(len(str), []rune(str)[1], []byte(str)[1], string([]rune{0x4e16, -1}))
	k := map[[2]string]struct{ a, b float64 }{{"a", "b"}: {1, 2}}
	k[[2]string{"c", "d"}] = struct{ a, b float64 }{b: math.Inf(1)}
	v, ok := k[[2]string{"x", ""}]
	fmt.Println(len(k), k[[2]string{"c", "d"}], v, ok)
	delete(k, [2]string{"a", "b"})
	clear(k)
	fmt.Println(len(k), min(3, 1, 2), max(2.5, math.NaN()), min("b", "a"))

	var i8 int8 = -128
	var u32 uint32 = 1 << 31
	big := 1e100
	shift := uint(70)
	fmt.Println(i8/-1, -i8, i8>>7, u32<<1, u32>>shift, int64(-5)>>shift, -7/2, -7%3, 7&^5, ^0, uint8(i8), int64(float32(1<<24+1)), big)
	fmt.Println(unsafe.Sizeof(struct {
		a bool
		b int64
		c bool
	}{}), unsafe.Offsetof(Puppy{}.age), complex(1, 2)*complex(3, -1), real(1i*1i))
	const huge = 1 << 100
	fmt.Println(huge>>98, 'a'+1, "con"+"cat", 0x1p-2, 0b101, 1_000, 0o17)
	x, y := 1, 2
	x, y = y, x+y
	arr := [...]int{5: 1, 2, 1: 7}
	arr[x], x = x, arr[6]
	fmt.Println(x, y, arr, len(arr))
	ptr := new(x * 10)
	*ptr++
	fmt.Println(*ptr)
	goto end
end:
	switch {
	case x > 1:
		fmt.Println("big")
		fallthrough
	case x > 100:
		fmt.Println("fell")
	default:
		fmt.Println("no")
	}
	fmt.Println(deep(2_000_000))
}

// Deep recursion grows the stack by copying.
func deep(n int) int {
	var pad [4]int
	if n == 0 {
		return 0
	}
	pad[n%4] = n
	p := &pad
	return deep(n-1) + p[n%4] - n + 1
}
