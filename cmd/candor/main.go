// Command candor runs technical interviews in turns instead of in calls.
package main

import (
	"os"

	"candor/internal/app/cli"
)

func main() { os.Exit(cli.Main(os.Args[1:])) }
