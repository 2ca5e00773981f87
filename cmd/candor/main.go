// Command candor runs technical interviews in turns instead of in calls.
package main

import (
	"os"

	"candor/internal/app/cli"
	"candor/internal/sandbox/ns"
)

func main() {
	ns.Main() // started again as the init of a sandbox's slot, this does not return
	os.Exit(cli.Main(os.Args[1:]))
}
