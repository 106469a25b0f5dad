// A tour of the library: JSON, regexp, compression, hashes, big numbers, templates, sorting, times.
package main

import (
	"bytes"
	"cmp"
	"compress/flate"
	"compress/gzip"
	"container/heap"
	"container/list"
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"encoding/binary"
	"encoding/csv"
	"encoding/gob"
	"encoding/hex"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"maps"
	"math"
	"math/big"
	"math/bits"
	"math/cmplx"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"sort"
	"strconv"
	"strings"
	"text/tabwriter"
	"text/template"
	"time"
	"unicode/utf8"
)

type point struct {
	X, Y  int               `json:"x,omitempty"`
	Label string            `json:"label"`
	Sub   *point            `json:"sub,omitempty"`
	Extra map[string]any    `json:"extra,omitempty"`
	List  []float64         `json:"list"`
	attrs map[string]string
}

type intHeap []int

func (h intHeap) Len() int           { return len(h) }
func (h intHeap) Less(i, j int) bool { return h[i] < h[j] }
func (h intHeap) Swap(i, j int)      { h[i], h[j] = h[j], h[i] }
func (h *intHeap) Push(x any)        { *h = append(*h, x.(int)) }
func (h *intHeap) Pop() any {
	old := *h
	x := old[len(old)-1]
	*h = old[:len(old)-1]
	return x
}

type codeError struct{ code int }

func (e *codeError) Error() string { return "code " + strconv.Itoa(e.code) }

func main() {
	p := point{3, 4, "a<b>", &point{Label: "in"}, map[string]any{"k": []int{1, 2}, "n": nil}, []float64{1.5, 1e21, 1e-7}, nil}
	data, err := json.MarshalIndent(p, "", " ")
	fmt.Println(string(data), err)
	var back point
	fmt.Println(json.Unmarshal(data, &back), reflect.DeepEqual(back.Sub, p.Sub), back.Extra)
	fmt.Println(json.Unmarshal([]byte(`{"x": "no"}`), &back))
	type item struct {
		XMLName xml.Name `xml:"item"`
		ID      int      `xml:"id,attr"`
		Name    string   `xml:"name"`
	}
	xmlData, err := xml.Marshal(item{ID: 7, Name: "x & y"})
	fmt.Println(string(xmlData), err)

	re := regexp.MustCompile(`(?i)(\w+)@(\w+)\.(com|org)`)
	fmt.Println(re.FindAllStringSubmatch("Joe@Example.com, ann@site.ORG; x@y.net", -1), re.ReplaceAllString("a@b.com", "$2/$1"))

	var packed bytes.Buffer
	zw, _ := gzip.NewWriterLevel(&packed, flate.BestCompression)
	for i := range 2000 {
		fmt.Fprintln(zw, "line", i%17)
	}
	zw.Close()
	zr, _ := gzip.NewReader(&packed)
	text, err := io.ReadAll(zr)
	fmt.Println(len(text), err, crc32.ChecksumIEEE(text))
	fmt.Printf("%x %x\n%x %x\n", md5.Sum(text), sha1.Sum(text), sha256.Sum256(text), sha512.Sum512(text))
	fmt.Println(base64.StdEncoding.EncodeToString([]byte("any carnal pleas")), hex.EncodeToString([]byte{1, 255}))
	fmt.Println(binary.BigEndian.Uint32([]byte{1, 2, 3, 4}), binary.AppendUvarint(nil, 300))

	var network bytes.Buffer
	fmt.Println(gob.NewEncoder(&network).Encode(map[string][]int{"a": {1, 2}}))
	var decoded map[string][]int
	fmt.Println(gob.NewDecoder(&network).Decode(&decoded), decoded)
	records, err := csv.NewReader(strings.NewReader("a,\"b,c\",d\n1,2,3\n")).ReadAll()
	fmt.Println(records, err)

	f := new(big.Int).MulRange(1, 60)
	q, r := new(big.Int).QuoRem(f, big.NewInt(1_000_000_007), new(big.Int))
	fmt.Println(f, q, r, new(big.Int).Exp(big.NewInt(3), f, big.NewInt(997)))
	fmt.Println(new(big.Rat).SetFrac64(355, 113).FloatString(20), new(big.Float).SetPrec(200).Quo(big.NewFloat(1), big.NewFloat(3)))
	fmt.Println(math.Sqrt(2), math.Pow(2, 0.5), math.Inf(-1), math.NaN(), math.Mod(7, -3), math.Gamma(5.5), math.Atan2(-1, -1))
	fmt.Println(cmplx.Sqrt(-1), cmplx.Exp(1i*math.Pi), bits.OnesCount64(1<<40-1), bits.Reverse8(3), bits.Len(1023))

	tmpl := template.Must(template.New("t").Funcs(template.FuncMap{"up": strings.ToUpper}).Parse(
		`{{range $i, $e := .List}}{{if $i}}, {{end}}{{printf "%03d" $e}}{{else}}none{{end}} {{.Name | up | printf "%q"}} {{with .M}}{{.k}}{{end}}
`))
	fmt.Println(tmpl.Execute(os.Stdout, map[string]any{"List": []int{1, 22, 333}, "Name": "bob", "M": map[string]int{"k": 9}}))

	words := strings.Fields("the quick brown fox jumps over the lazy dog")
	slices.SortFunc(words, func(a, b string) int { return cmp.Or(cmp.Compare(len(a), len(b)), strings.Compare(a, b)) })
	fmt.Println(words, slices.Compact(slices.Sorted(slices.Values(words))))
	counts := map[rune]int{}
	for _, c := range "hello, wörld" {
		counts[c]++
	}
	keys := slices.Sorted(maps.Keys(counts))
	fmt.Println(keys, counts['l'], utf8.RuneCountInString("wörld"), sort.SearchInts([]int{1, 3, 5}, 4))
	h := &intHeap{5, 2, 8}
	heap.Init(h)
	heap.Push(h, 1)
	for h.Len() > 0 {
		fmt.Print(heap.Pop(h), " ")
	}
	l := list.New()
	l.PushBack("b")
	l.PushFront("a")
	for e := l.Front(); e != nil; e = e.Next() {
		fmt.Print(e.Value, " ")
	}
	fmt.Println()

	wrapped := fmt.Errorf("outer: %w", errors.Join(io.EOF, &codeError{42}))
	var code *codeError
	fmt.Println(wrapped, errors.Is(wrapped, io.EOF), errors.As(wrapped, &code), code.code)
	when := time.Date(2024, time.February, 29, 23, 59, 58, 123456789, time.UTC)
	fmt.Println(when.Format(time.RFC3339Nano), when.AddDate(1, 0, 0), when.Weekday(), when.YearDay(), when.Truncate(time.Hour).Unix())
	d, err := time.ParseDuration("1h15m30.918s")
	fmt.Println(d, err, d.Round(time.Minute))
	fmt.Println(filepath.Join("a", "../b", "c"), filepath.Ext("x.tar.gz"), strconv.Quote("tab\t\u00e9\x00"), strconv.FormatFloat(0.1+0.2, 'g', -1, 64))
	_, err = strconv.Atoi("12x")
	fmt.Println(err)
	w := tabwriter.NewWriter(os.Stdout, 0, 8, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(w, "a\tbbb\tc\t\naaaa\tb\tccccc\t")
	w.Flush()
	fmt.Printf("%v %+v %#v %T %5.2f|%-8s|%08b|%x|%q|%U|%e|%t|%p\n", back.Sub, struct{ A, b int }{1, 2}, []string{"x"}, h, math.Pi, "ab", 37, "hi", 'x', '⌘', 12345.678, true, nil)
	rv := reflect.ValueOf(&p).Elem()
	for i := range rv.NumField() {
		field := rv.Type().Field(i)
		fmt.Print(field.Name, ":", field.Type, ":", field.Tag.Get("json"), " ")
	}
	fmt.Println(rv.Type().NumMethod(), reflect.TypeOf(h).NumMethod())
	m := reflect.ValueOf(h).MethodByName("Push")
	m.Call([]reflect.Value{reflect.ValueOf(11)})
	swap := reflect.MakeFunc(reflect.TypeOf(func(a int, b string) (string, int) { return "", 0 }), func(args []reflect.Value) []reflect.Value {
		return []reflect.Value{args[1], args[0]}
	})
	s, n := swap.Interface().(func(int, string) (string, int))(5, "five")
	fmt.Println((*h)[0], s, n)
}
