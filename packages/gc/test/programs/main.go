// The smallest programs that were once compiled wrongly, as functions of one program.
//
// Each says what is wrong and panics at the end if anything was; nothing is printed otherwise.
package main

var failures int

func check(ok bool, what string) {
	if !ok {
		println("FAIL", what)
		failures++
	}
}

// panicOf is the text of the run-time error in f, or "".
func panicOf(f func()) (text string) {
	defer func() {
		if e := recover(); e != nil {
			text = e.(error).Error()
		}
	}()
	f()
	return ""
}

func main() {
	order()
	selects()
	checks()
	literals()
	captures()
	constants()
	statics()
	frames()
	unwinding()
	if failures > 0 {
		panic("miscompiled")
	}
}
