package main

import (
	"bufio"
	"fmt"
	"os"
	"strings"
)

const gap = 30

type car struct {
	plate string
	size  int
}

type lane struct {
	cars  []car
	taken int
}

type ferry struct {
	length int
	lanes  []lane
	aboard map[string]bool
}

// on drives a car into a lane, or says why it cannot.
func (f *ferry) on(at int, c car) string {
	l := &f.lanes[at]
	need := c.size
	if len(l.cars) > 0 {
		need += gap
	}
	if l.taken+need > f.length {
		return "room"
	}
	if f.aboard[c.plate] {
		return "twice"
	}
	l.cars = append(l.cars, c)
	l.taken += need
	f.aboard[c.plate] = true
	return ""
}

// off drives the first car of a lane out, or says why it cannot.
func (f *ferry) off(at int, plate string) string {
	l := &f.lanes[at]
	if len(l.cars) == 0 || l.cars[0].plate != plate {
		return "order"
	}
	l.taken -= l.cars[0].size
	l.cars = l.cars[1:]
	if len(l.cars) > 0 {
		l.taken -= gap
	}
	delete(f.aboard, plate)
	return ""
}

func (f *ferry) event(line string) string {
	var what string
	var at int
	var c car
	fmt.Sscan(line, &what, &at, &c.plate, &c.size)
	switch {
	case at < 1 || at > len(f.lanes):
		return "lane"
	case what == "on":
		return f.on(at-1, c)
	}
	return f.off(at-1, c.plate)
}

func main() {
	in := bufio.NewScanner(os.Stdin)
	in.Scan()
	f := ferry{aboard: map[string]bool{}}
	var lanes int
	fmt.Sscan(in.Text(), &lanes, &f.length)
	f.lanes = make([]lane, lanes)
	out := bufio.NewWriter(os.Stdout)
	defer out.Flush()
	number, impossible := 0, 0
	for in.Scan() {
		if strings.TrimSpace(in.Text()) == "" {
			continue
		}
		number++
		if reason := f.event(in.Text()); reason != "" {
			fmt.Fprintf(out, "%d: %s\n", number, reason)
			impossible++
		}
	}
	if impossible == 0 {
		fmt.Fprintln(out, "ok")
	}
}
