/**
 * The fixed part of every random program: what reports results, and functions that keep indices,
 * lengths and conversions within what the language defines.
 */
export const support = `
var digest uint64

func call(f, k int, body func()) {
	digest = 0
	defer func() {
		e := recover()
		globals()
		fmt.Printf("F%d/%d %016x %v\\n", f, k, digest, e)
	}()
	body()
}

func mix(x uint64) { digest = (digest ^ x) * 0x100000001b3; digest ^= digest >> 29 }

func show(values ...any) {
	for _, v := range values {
		switch v := v.(type) {
		case float64:
			if v != v { mix(1) } else { mix(math.Float64bits(v)) }
		case float32:
			if v != v { mix(2) } else { mix(uint64(math.Float32bits(v))) }
		case *int: if v == nil { mix(3) } else { mix(uint64(*v)) }
		case *int8: if v == nil { mix(3) } else { mix(uint64(*v)) }
		case *int16: if v == nil { mix(3) } else { mix(uint64(*v)) }
		case *int32: if v == nil { mix(3) } else { mix(uint64(*v)) }
		case *int64: if v == nil { mix(3) } else { mix(uint64(*v)) }
		case *uint: if v == nil { mix(3) } else { mix(uint64(*v)) }
		case *uint8: if v == nil { mix(3) } else { mix(uint64(*v)) }
		case *uint16: if v == nil { mix(3) } else { mix(uint64(*v)) }
		case *uint32: if v == nil { mix(3) } else { mix(uint64(*v)) }
		case *uint64: if v == nil { mix(3) } else { mix(*v) }
		default:
			for _, c := range []byte(fmt.Sprintf("%v", v)) { mix(uint64(c)) }
		}
	}
}

func at(i, n int) int {
	if n == 0 { return 0 }
	return int(uint(i) % uint(n))
}

func head[T any](s []T, n int) []T {
	if len(s) > n { return s[:n] }
	return s
}

func ref[T any](x T) *T { return &x }

func sel[T any](c bool, x, y T) T {
	if c { return x }
	return y
}

func toInt(f float64) int64 {
	if f > -9e18 && f < 9e18 { return int64(f) }
	return 77
}

func cut(s string) string {
	if len(s) > 40 { return s[:40] }
	return s
}

func tail(s string, n int) string {
	if n < 0 || n > len(s) { return s }
	return s[n:]
}

func byteAt(s string, n int) byte {
	if len(s) == 0 { return 9 }
	return s[at(n, len(s))]
}
`;
