/**
 * What `go help TOPIC` says of things that are no commands. Short, in our own words, and true of this
 * toolchain: where it differs from upstream's, that is said.
 * GOROOT: src/cmd/go/main.go (names of the topics).
 */

export interface Topic {
  readonly short: string;
  readonly text: string;
}

const buildconstraint = `A line near the top of a file says for which builds the file is meant:

	//go:build linux && (amd64 || arm64) && !mytag

It stands before the package clause, among comments and blank lines only, with a
blank line after it. Words are joined by &&, || and !, and grouped by parentheses.
A word is true if it is

	the GOOS or GOARCH of the build ("unix" for every Unix, "linux" on android too)
	the compiler, gc
	a level of the architecture, as amd64.v2
	go1.N, for this release and every one before it
	a word given with -tags

cgo is never true: this toolchain has no C compiler. "ignore" is, by custom, never given.

Names count as well: NAME_GOOS.go, NAME_GOARCH.go and NAME_GOOS_GOARCH.go (and the same
with _test) are for that system only. Of the older form, // +build, nothing is read any
more in files of modules that say go 1.18 or later; gofmt keeps both forms in step.

'go list -f "{{.GoFiles}} {{.IgnoredGoFiles}}"' shows which files count.
`;

const buildjson = `With -json, 'go build' and 'go install' write what the compiler says as one JSON object a
line, on stdout ('go test -json' mixes them with the events of tests):

	{"ImportPath":"example.com/p","Action":"build-output","Output":"# example.com/p\\n"}
	{"ImportPath":"example.com/p","Action":"build-output","Output":"p.go:3:1: …\\n"}
	{"ImportPath":"example.com/p","Action":"build-fail"}

ImportPath is as in 'go list -json'. The outputs of a package, put together, are what is
printed without -json. Errors from before anything is compiled stay plain text on stderr.
`;

const buildmode = `-buildmode says what is made of the packages on the command line:

	default   programs of main packages; other packages are compiled and kept in the cache
	exe       programs; other packages are passed over
	archive   an archive (.a) of each package that is not main; -o names the file

Upstream's pie, c-archive, c-shared, shared and plugin are known by name and refused: they need
position-independent code or a C linker, which this toolchain has not.
`;

const c = `Calling C from Go, and Go from C, goes through cgo, which needs a C compiler. This
toolchain works without any, so CGO_ENABLED is always 0:

	files that import "C", and C, C++, Objective-C and SWIG files, are left out
	.s files go to the Go assembler, .S files are left out
	packages of std that can use cgo (net, os/user) use their pure Go half

Programs are therefore static, and need no C library where they run.
`;

const cache = `What has been compiled, linked and tested is kept in a folder: 'go env GOCACHE' names it, and
the variable GOCACHE moves it. Any number of go commands may use it at once, and one that
is killed leaves nothing wrong behind.

A result is found by a hash of all that went into it: sources, flags, what the imports
export, and the toolchain itself. So nothing has to be cleaned after a change. What has not
been used for five days goes away by itself; what can be deleted:

	go clean -cache       everything
	go clean -testcache   results of tests ('go test -count=1' runs anew, too)
	go clean -fuzzcache   inputs that fuzzing has found

'go build -a' builds without looking, -x shows what is done, -timings draws where the time
went. GOCACHEPROG names a program that keeps the cache somewhere else; 'go tool cacheprog
DIR' is a small one.
`;

const environment = `A setting is taken from the environment; if it is not there, from the file that 'go env -w'
writes (GOENV names it); then from go.env in the GOROOT; then there is a default.
'go env' shows all of them, 'go env NAME' one, 'go env -changed' those that are not as they
would be on an untouched machine, 'go env -u NAME' takes one back.

For what is built:

	GOOS, GOARCH       system and processor; GOAMD64, GOARM64: their level
	GOEXPERIMENT       experiments of the toolchain, on or off
	GOFIPS140          which copy of the cryptography is used
	GOFLAGS            flags for every command that has them, as -name=value, divided by space
	CGO_ENABLED        always 0 here ('go help c')

For where things are:

	GOROOT             the standard library's sources; found or downloaded if not set
	GOPATH             'go help gopath'; GOBIN: where programs are installed
	GOCACHE            'go help cache'; GOCACHEPROG: a program instead
	GOMODCACHE         downloaded modules, GOPATH/pkg/mod
	GOTMPDIR           for files that do not outlive a command
	GOENV              the file of 'go env -w'; off: none

For modules:

	GO111MODULE        on (as when not set), off or auto: 'go help gopath'
	GOWORK             the go.work to use; off: none
	GOPROXY            where modules come from: 'go help goproxy'
	GOSUMDB            who says what they must be: 'go help module-auth'
	GOPRIVATE          which are nobody else's business: 'go help private'
	GOAUTH             how to log in: 'go help goauth'
	GOINSECURE         module paths for which http will do
	GOVCS              'go help vcs'
	GOTOOLCHAIN        which release may be switched to; this one stays what it is

Of this toolchain alone:

	GOTS_TRACE         stack traces with internal errors
`;

const filetype = `Of a package's folder these files count:

	.go                Go; _test.go for tests
	.s                 for the assembler, which reads .h files that they include
	.syso              objects for the linker
	.c .h .cc .cpp .cxx .hh .hpp .hxx .m .f .F .for .f90 .S .sx .swig .swigcxx
	                   for cgo; here they are listed, and left out of builds

Files whose names begin with _ or a dot do not count, nor do folders called testdata.
Constraints ('go help buildconstraint') may leave out any of them but .syso.
`;

const goauth = `GOAUTH says how to log in where modules are fetched over HTTPS; several ways are divided by
semicolons, and the default is netrc:

	off          not at all
	netrc        with what ~/.netrc, or the file that NETRC names, has for the host
	git DIR      with what 'git credential fill' says in that folder
	COMMAND …    with what a program of yours says

The program prints one or more addresses, a line each, then a blank line, then the headers
to send to these and what is below them, then a blank line; and again for other addresses.
When a server has refused, the program runs once more with the address as its argument and
the answer, status line and headers, on its stdin.
`;

const gomod = `The file go.mod makes a folder, and all below it, a module. It says, a line each:

	module example.com/m        the path that its packages' paths begin with
	go 1.27                     the language, and the least release that builds it
	toolchain go1.27.4          a release that is better than that
	require example.com/x v1.2.3        what is needed, at least at this version
	exclude example.com/x v1.2.4        a version that must not be used
	replace example.com/x => ../x       something else in its place
	retract v1.0.0              a version of this module that was a mistake
	tool example.com/x/cmd/x    a program for 'go tool x'
	ignore ./node_modules       folders without packages
	godebug default=go1.25      defaults of GODEBUG

Lines with the same word can be gathered in parentheses. 'go mod init' makes the file, 'go
get' changes requirements, 'go mod tidy' makes them what the sources need, 'go mod edit'
is for programs. Building does not change the file.
`;

const gopath = `GOPATH is a list of folders, $HOME/go if it is not set. With modules only the first counts:
bin gets installed programs (GOBIN names another place), pkg/mod the downloaded modules.

Without modules, which is with GO111MODULE=off, or =auto outside of any, GOPATH is where
packages are: SRC/example.com/p below an entry's folder src is imported as
"example.com/p". Programs are installed in the entry's bin, other packages in its pkg.
An import is looked for in folders called vendor beside and above the importing package,
then in GOROOT, then in one entry after the other. What is below a folder called internal
can be imported from the folder that holds internal, and from below it.
`;

const goproxy = `Modules come from the places that GOPROXY lists. Between two of them a comma means: try the
next if this one does not have it (404 or 410); a bar: try the next whatever went wrong.
"direct" is the module's own repository, "off" ends the search with an error.

A place is an address, file:// too, under which files have these names (capital letters in
paths and versions are written !c):

	PATH/@v/list               versions, a line each
	PATH/@v/VERSION.info       {"Version": …, "Time": …}
	PATH/@v/VERSION.mod        its go.mod
	PATH/@v/VERSION.zip        its files
	PATH/@latest               as .info, where nothing is tagged

So any web server with such files is one. What it gives is checked: 'go help module-auth'.
`;

const importpath = `An import path names a package. The first part says whose it is:

	fmt, net/http            no dot in the first part: the standard library
	example.com/m/p          package p of the module whose path the longest matches

./p and ../p are folders, on the command line; in sources only without modules.
No path has a part called vendor, and one with a part called internal is only for what is
below the folder that holds it.

Where no proxy knows a module, its host is asked: git for github.com and others with a
known form, else https://PATH?go-get=1, which answers with a page that has

	<meta name="go-import" content="PREFIX VCS ADDRESS">

VCS being git, or mod for a proxy. With name.git/p in a path no question is needed.
`;

const modules = `A module is a tree of packages with a go.mod at its top ('go help go.mod') and versions
v1.2.3, v2.0.0 and so on. From major version 2 on the path ends with it: example.com/m/v2.

Which version is used: of every module the newest that any go.mod among the requirements
asks for, never a newer one. So a build stays what it is until somebody runs 'go get'.
Versions between tags have made-up names, v0.0.0-TIME-COMMIT.

	go mod init PATH       begin a module
	go get PATH@VERSION    add, raise, lower; @none drops; -u raises all below
	go mod tidy            drop what is not needed, add what is
	go list -m all         what is used; -u shows newer ones
	go mod why, go mod graph   who needs it
	go mod vendor          copy what is needed into the tree, and use that
	go work                several modules at once

go.sum keeps hashes: 'go help module-auth'.
`;

const moduleauth = `Two hashes of every module that is used are in go.sum: of all its files, and of its go.mod
alone. What is downloaded is checked against them before anybody reads it, and an
unexpected hash ends the command.

A module that is not in go.sum yet is looked up in the checksum database that GOSUMDB
names: it is a log that can only grow, and its answers come with proof that everybody is
told the same. GOSUMDB=off, or GONOSUMDB for some paths, does without; then the first
download is believed. 'go mod verify' checks what is in the cache.
`;

const packages = `Most commands take packages. Each word is one of these:

	nothing         the package in this folder
	./p, ../p, /p   the package in that folder
	PATH            the package with that import path
	x.go y.go       these files, as one package
	PATH@VERSION    for 'go install' and 'go run': without regard to this module

and patterns, in which ... stands for any text:

	./...           everything in and below this folder
	net/...         net and what is below it
	std, cmd        the standard library, the commands
	all             the main modules' packages and all that they need
	work            the packages of the main modules
	tool            the tools that go.mod names

Patterns do not look into folders called vendor or testdata, nor into those that begin with
_ or a dot, nor into other modules.
`;

const privateText = `GOPRIVATE lists module paths, or beginnings of such, that are nobody else's business: they are
fetched from their repository, not from a proxy, and not looked up in the checksum database.

	GOPRIVATE=*.corp.example.com,example.org/secret

A * stands for any text without a slash. GONOPROXY and GONOSUMDB take its place for one of
the two each; 'none' is nobody.
`;

const testflag = `Flags for tests may stand before and after the packages. They go on to the test's program as
-test.NAME; run it by hand and that is how they are written. The rest of the words after the
packages, and all after -args, are for your own code.

	-run RE, -skip RE      which tests, examples and fuzz tests; parts divided by / are for subtests
	-bench RE              benchmarks too; -benchtime 2s or 100x, -benchmem
	-fuzz RE               one fuzz test; -fuzztime, -fuzzminimizetime
	-list RE               names only
	-count N               so many times; 1 means: not from the cache
	-cpu 1,2,4             with these values of GOMAXPROCS
	-parallel N            so many t.Parallel at a time; -p N: so many packages
	-shuffle on, off, N    in any order
	-failfast              stop after the first failure
	-short                 testing.Short is true
	-timeout 5m            ten minutes if not given
	-v, -json, -fullpath   what is printed
	-vet LIST, off         which checks of 'go vet' come first
	-cover, -covermode, -coverpkg, -coverprofile FILE
	-cpuprofile, -memprofile, -blockprofile, -mutexprofile, -trace FILE
	                       and the test's program is kept; -memprofilerate,
	                       -blockprofilerate, -mutexprofilefraction; -outputdir DIR
	-artifacts             keep what T.ArtifactDir gives

A test runs in its package's folder.
`;

const testfunc = `In files whose names end with _test.go these are found by name and form:

	func TestXxx(t *testing.T)
	func BenchmarkXxx(b *testing.B)
	func FuzzXxx(f *testing.F)
	func ExampleXxx()
	func TestMain(m *testing.M)      runs everything: m.Run()

What follows the first word does not begin with a small letter. An example ends with a
comment that begins "Output:" (or "Unordered output:") and has what it prints; without one
it is only compiled. Examples are named after what they show: ExampleF, ExampleT_M, and
after an underscore, in small letters, which one: ExampleF_second.

A file may be of the package itself, or of PACKAGE_test, which sees what others see.
`;

const vcs = `Where no proxy has a module it is fetched from its repository, by programs that deal with
whatever a server answers. GOVCS says which may do that for whom; the first rule counts:

	GOVCS=example.com:git,evil.com:off,*:git|hg

The word before the colon is a beginning of module paths (* for any text without a slash), or
"private" or "public", as GOPRIVATE has it; after it are names divided by bars, "all" or
"off". The default is public:git|hg,private:all. Of these programs this toolchain uses git only.
`;

export const topics: Readonly<Record<string, Topic>> = {
  buildconstraint: { short: 'build constraints', text: buildconstraint },
  buildjson: { short: 'build -json encoding', text: buildjson },
  buildmode: { short: 'build modes', text: buildmode },
  c: { short: 'calling between Go and C', text: c },
  cache: { short: 'build and test caching', text: cache },
  environment: { short: 'environment variables', text: environment },
  filetype: { short: 'file types', text: filetype },
  goauth: { short: 'GOAUTH environment variable', text: goauth },
  'go.mod': { short: 'the go.mod file', text: gomod },
  gopath: { short: 'GOPATH environment variable', text: gopath },
  goproxy: { short: 'module proxy protocol', text: goproxy },
  importpath: { short: 'import path syntax', text: importpath },
  modules: { short: 'modules, module versions, and more', text: modules },
  'module-auth': { short: 'module authentication using go.sum', text: moduleauth },
  packages: { short: 'package lists and patterns', text: packages },
  private: { short: 'configuration for downloading non-public code', text: privateText },
  testflag: { short: 'testing flags', text: testflag },
  testfunc: { short: 'testing functions', text: testfunc },
  vcs: { short: 'controlling version control with GOVCS', text: vcs },
};
