// The examples are one module, so that ./go run ./examples/sysinfo works from here.
module example.com/go-ts

go 1.27

ignore (
	./node_modules
	./packages
)
