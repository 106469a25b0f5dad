package words_test

import (
	"fmt"

	words "example.com/go-ts/examples/tests"
)

func ExampleTop() {
	for _, count := range words.Top("to be or not to be", 2) {
		fmt.Println(count.N, count.Word)
	}
	// Output:
	// 2 be
	// 2 to
}
