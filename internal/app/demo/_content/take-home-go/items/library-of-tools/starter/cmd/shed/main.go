// Command shed reads commands, one a line, and answers each with a line.
package main

import (
	"bufio"
	"flag"
	"fmt"
	"log"
	"os"

	"toolshed/internal/desk"
	"toolshed/internal/journal"
)

func main() {
	file := flag.String("journal", "", "file to keep everything in; nothing is kept without one")
	flag.Parse()
	d := desk.New()
	if *file != "" {
		j, err := journal.Open(*file, d.Apply)
		if err != nil {
			log.Fatal(err)
		}
		defer j.Close()
		d.Journal = j
	}
	in := bufio.NewScanner(os.Stdin)
	for in.Scan() {
		if in.Text() != "" {
			fmt.Println(d.Do(in.Text()))
		}
	}
	if err := in.Err(); err != nil {
		log.Fatal(err)
	}
}
