// Compare reads the same packages from two sets of export data with the official importer, and
// prints what they say differently. Each argument names a file of lines PATH=FILE; the packages of
// the first are compared.
package main

import (
	"bufio"
	"fmt"
	"go/importer"
	"go/token"
	"go/types"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"sort"
	"strings"
)

type world struct {
	files map[string]string
	fset  *token.FileSet
	imp   types.Importer
}

func load(list string) *world {
	f, err := os.Open(list)
	if err != nil {
		panic(err)
	}
	w := &world{files: map[string]string{}, fset: token.NewFileSet()}
	for s := bufio.NewScanner(f); s.Scan(); {
		if path, file, ok := strings.Cut(s.Text(), "="); ok {
			w.files[path] = file
		}
	}
	w.imp = importer.ForCompiler(w.fset, "gc", func(path string) (io.ReadCloser, error) {
		file, ok := w.files[path]
		if !ok {
			return nil, fmt.Errorf("no export data for %q", path)
		}
		return os.Open(file)
	})
	return w
}

// describe lists all that can be known of the exported declarations of a package.
func (w *world) describe(path string) (lines []string, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v", p)
		}
	}()
	pkg, err := w.imp.Import(path)
	if err != nil {
		return nil, err
	}
	say := func(format string, args ...any) { lines = append(lines, plain(fmt.Sprintf(format, args...))) }
	say("package %s %s", pkg.Path(), pkg.Name())
	for _, name := range pkg.Scope().Names() {
		obj := pkg.Scope().Lookup(name)
		if !obj.Exported() {
			continue
		}
		say("%s: %s", w.pos(obj), objectString(obj))
		switch obj := obj.(type) {
		case *types.Const:
			say("\t%s = %s", name, obj.Val().ExactString())
		case *types.TypeName:
			w.typeName(obj, say)
		}
	}
	return lines, nil
}

func (w *world) typeName(obj *types.TypeName, say func(string, ...any)) {
	if a, ok := obj.Type().(*types.Alias); ok {
		say("\talias of %s, parameters %s", a.Rhs(), bounds(a.TypeParams()))
	}
	say("\tunderlying %s", obj.Type().Underlying())
	say("\tsize %s", size(obj.Type()))
	named, ok := obj.Type().(*types.Named)
	if !ok {
		return
	}
	say("\tparameters %s", bounds(named.TypeParams()))
	for m := range named.Methods() {
		sig := m.Signature()
		say("\t%s: %s, receiver %s, its parameters %s, parameters %s", w.pos(m), objectString(m),
			sig.Recv().Type(), bounds(sig.RecvTypeParams()), bounds(sig.TypeParams()))
	}
	ms := types.NewMethodSet(types.NewPointer(named))
	for i := range ms.Len() {
		say("\tselects %s", ms.At(i))
	}
	if s, ok := named.Underlying().(*types.Struct); ok {
		for i := range s.NumFields() {
			say("\tfield %s, tag %q", types.ObjectString(s.Field(i), nil), s.Tag(i))
		}
	}
	if t, ok := named.Underlying().(*types.Interface); ok {
		say("\tmethods only: %t, comparable: %t", t.IsMethodSet(), t.IsComparable())
	}
}

// The official compiler names results of functions that range over functions.
var namedResult, namedResults = regexp.MustCompile(`\(#rv1 ([^,()]*)\)`), regexp.MustCompile(`#rv\d+ `)

func plain(s string) string {
	return namedResults.ReplaceAllString(namedResult.ReplaceAllString(s, "$1"), "")
}

// objectString has type parameters one by one: whether they were written as a group is not kept.
func objectString(obj types.Object) string {
	f, ok := obj.(*types.Func)
	if !ok || f.Signature().TypeParams().Len() == 0 {
		return types.ObjectString(obj, nil)
	}
	sig := f.Signature()
	return f.FullName() + bounds(sig.TypeParams()) + sig.Params().String() + sig.Results().String()
}

func size(t types.Type) (s string) {
	defer func() {
		if recover() != nil {
			s = "unknown"
		}
	}()
	return fmt.Sprint(types.SizesFor("gc", "amd64").Sizeof(t))
}

func bounds(list *types.TypeParamList) string {
	var b strings.Builder
	for p := range list.TypeParams() {
		fmt.Fprintf(&b, "[%s %d %s]", p, p.Index(), p.Constraint())
	}
	return b.String()
}

func (w *world) pos(obj types.Object) string {
	p := w.fset.Position(obj.Pos())
	return fmt.Sprintf("%s:%d:%d", filepath.Base(p.Filename), p.Line, p.Column)
}

func main() {
	ours, theirs := load(os.Args[1]), load(os.Args[2])
	var paths []string
	for path := range ours.files {
		paths = append(paths, path)
	}
	sort.Strings(paths)
	same := 0
	for _, path := range paths {
		a, err := ours.describe(path)
		if err != nil {
			fmt.Printf("FAIL %s: %v\n", path, err)
			continue
		}
		b, err := theirs.describe(path)
		if err != nil {
			fmt.Printf("SKIP %s: %v\n", path, err)
			continue
		}
		if difference := firstDifference(a, b); difference != "" {
			fmt.Printf("FAIL %s: %s\n", path, difference)
			continue
		}
		fmt.Printf("PASS %s\n", path)
		same++
	}
	fmt.Printf("%d of %d the same\n", same, len(paths))
}

func firstDifference(a, b []string) string {
	for i := range max(len(a), len(b)) {
		x, y := "nothing", "nothing"
		if i < len(a) {
			x = a[i]
		}
		if i < len(b) {
			y = b[i]
		}
		if x != y {
			return fmt.Sprintf("\n\tours   %s\n\ttheirs %s", x, y)
		}
	}
	return ""
}
