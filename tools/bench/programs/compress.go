// Deflate and inflate.
package main

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
)

func main() {
	var text bytes.Buffer
	for i := range 120_000 {
		fmt.Fprintf(&text, "line %d of the text, value %d\n", i, i*i%1009)
	}
	var packed bytes.Buffer
	w := gzip.NewWriter(&packed)
	w.Write(text.Bytes())
	w.Close()
	r, err := gzip.NewReader(bytes.NewReader(packed.Bytes()))
	if err != nil {
		panic(err)
	}
	back, err := io.ReadAll(r)
	if err != nil {
		panic(err)
	}
	fmt.Println(packed.Len() < text.Len()/3, bytes.Equal(back, text.Bytes()))
}
