// What deadcode must keep: methods reached through templates, reflection, generic interfaces; types
// found by string.
package main

import (
	"encoding/json"
	"encoding/xml"
	"fmt"
	"os"
	"reflect"
	"sort"
	"strings"
	"text/template"
)

type item struct {
	Name string   `json:"name" xml:"name,attr"`
	Tags []string `json:"tags,omitempty" xml:"tag"`
}

func (i item) Upper() string         { return strings.ToUpper(i.Name) }
func (i *item) SetName(name string)  { i.Name = name }
func (i item) Sum(a, b int) int      { return a + b }
func (i item) MarshalText() ([]byte, error) { return []byte("text:" + i.Name), nil }

type shouter interface{ Upper() string }

func shout[T shouter](x T) string { return x.Upper() }

type byLen []string

func (b byLen) Len() int           { return len(b) }
func (b byLen) Less(i, j int) bool { return len(b[i]) < len(b[j]) }
func (b byLen) Swap(i, j int)      { b[i], b[j] = b[j], b[i] }

func main() {
	it := item{"gopher", []string{"a", "b"}}
	template.Must(template.New("t").Parse("{{.Upper}} {{.Sum 1 2}} {{range .Tags}}<{{.}}>{{end}}\n")).Execute(os.Stdout, it)
	v := reflect.ValueOf(&it)
	v.MethodByName("SetName").Call([]reflect.Value{reflect.ValueOf("changed")})
	fmt.Println(it.Name, v.Type().NumMethod(), shout(it))
	b, _ := json.Marshal([]any{it, map[string]int{"z": 1, "a": 2}})
	fmt.Println(string(b))
	x, _ := xml.Marshal(struct {
		XMLName xml.Name `xml:"root"`
		Item    string   `xml:"item"`
	}{Item: "v"})
	fmt.Println(string(x))
	fmt.Println(reflect.MapOf(reflect.TypeFor[string](), reflect.TypeFor[item]()), reflect.SliceOf(reflect.TypeFor[item]()) == reflect.TypeFor[[]item]())
	words := byLen{"ccc", "a", "bb"}
	sort.Sort(words)
	fmt.Println(words)
	var e error = fmt.Errorf("wrapped: %w", os.ErrNotExist)
	fmt.Printf("%v %T %+v\n", e, e, it)
}
