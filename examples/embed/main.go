// Embed carries a small site in its executable and writes it out, rendered.
//
//	go run ./examples/embed          the names and sizes of what is inside
//	go run ./examples/embed DIR      the site, in DIR
package main

import (
	"embed"
	"fmt"
	"html/template"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
)

// Files that begin with _ or . are left out unless they are named, or with all:.
//
//go:embed site all:site/.well-known
var site embed.FS

//go:embed site/motto.txt
var motto string

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "embed:", err)
		os.Exit(1)
	}
}

func run(args []string) error {
	files, err := fs.Sub(site, "site")
	if err != nil {
		return err
	}
	return fs.WalkDir(files, ".", func(name string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil || entry.IsDir():
			return err
		case len(args) == 0:
			return show(name, entry)
		default:
			return write(files, name, filepath.Join(args[0], filepath.FromSlash(name)))
		}
	})
}

func show(name string, entry fs.DirEntry) error {
	info, err := entry.Info()
	if err != nil {
		return err
	}
	fmt.Printf("%6d  %s\n", info.Size(), name)
	return nil
}

// write copies a file; pages are templates.
func write(files fs.FS, name, to string) error {
	if err := os.MkdirAll(filepath.Dir(to), 0o777); err != nil {
		return err
	}
	if filepath.Ext(name) != ".html" {
		data, err := fs.ReadFile(files, name)
		if err != nil {
			return err
		}
		return os.WriteFile(to, data, 0o666)
	}
	page, err := template.ParseFS(files, name)
	if err != nil {
		return err
	}
	out, err := os.Create(to)
	if err != nil {
		return err
	}
	err = page.Execute(out, map[string]string{"Motto": motto, "Version": runtime.Version()})
	if closeErr := out.Close(); err == nil {
		err = closeErr
	}
	return err
}
