// Switches that are jump tables, binary searches, ranges; every way out of them.
package main

//go:noinline
func dense(x int) int {
	switch x {
	case 1:
		return 10
	case 2, 3, 4:
		return 20
	case 5:
		x += 100
	case 7:
		return 70
	case 8:
		return 80
	case 9:
		fallthrough
	case 10:
		x *= 3
	case 12:
		return 120
	case 13:
		return 130
	case 14:
		return 140
	default:
		x--
	}
	return x
}

//go:noinline
func bytes(c uint8) string {
	switch c {
	case 'a':
		return "A"
	case 'b':
		return "B"
	case 'c', 'd':
		return "CD"
	case 'e':
		return "E"
	case 'f':
		return "F"
	case 'g':
		return "G"
	case 'h':
		return "H"
	case 'i':
		return "I"
	case 'z':
		return "Z"
	}
	return "?"
}

//go:noinline
func negative(x int8) (r int) {
	for i := 0; i < 3; i++ {
		switch x {
		case -128:
			r += 1
		case -127:
			r += 2
		case -126:
			continue
		case -125:
			r += 4
		case -124:
			r += 5
		case -123:
			break
		case -122:
			r += 7
		case -121:
			r += 8
		case 127:
			r += 9
		}
		r++
	}
	return
}

//go:noinline
func ranges(x uint32) int {
	switch x {
	case 0, 1, 2, 3, 4, 5, 6:
		return 1
	case 100, 101, 102:
		return 2
	case 0xffffffff, 0xfffffffe:
		return 3
	case 50:
		return 4
	case 1000:
		return 5
	}
	return 0
}

func generic[T int8 | uint64](x T) int {
	switch x {
	case 0:
		return 5
	case 1:
		return 6
	case 2:
		return 7
	case 3:
		return 8
	case 4:
		return 1
	case 5:
		return 2
	case 6:
		return 3
	case 7:
		return 4
	}
	return -1
}

func main() {
	for i := -2; i < 20; i++ {
		println(i, dense(i), generic(int8(i)), generic(uint64(i)))
	}
	for c := 0; c < 256; c++ {
		print(bytes(uint8(c)), negative(int8(c)), " ")
	}
	println()
	for _, x := range []uint32{0, 6, 7, 49, 50, 51, 99, 100, 102, 103, 1000, 0xfffffffd, 0xfffffffe, 0xffffffff} {
		println(x, ranges(x))
	}
	println(dense(1<<40+1), dense(-1<<63))
}
