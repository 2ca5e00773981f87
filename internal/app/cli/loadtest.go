package cli

import (
	"encoding/json"
	"fmt"
	"os"
	"time"

	"candor/internal/app/loadtest"
)

// LoadTest plays candidates, for developers: prepare while no server runs on the folder, run against the server, stop it, verify.
type LoadTest struct {
	Prepare LoadPrepare `cmd:"" help:"Invent an opening with invited candidates in a data folder and write down who plays."`
	Run     LoadRun     `cmd:"" help:"Play them against a running server and keep a ledger of what it acknowledged."`
	Verify  LoadVerify  `cmd:"" help:"Compare the ledger with the database: everything acknowledged must be there."`
}

// LoadPrepare makes the candidates.
type LoadPrepare struct {
	Where
	Candidates  int    `help:"How many." default:"100"`
	Code        bool   `help:"Their assessment has a program to write, too."`
	Records     bool   `help:"Their assessment has a question to answer with a recording, too."`
	AmongPeople bool   `help:"Do it although real people are in this installation."`
	Plan        string `help:"File that says who plays; it holds their links." default:"plan.json" type:"path"`
}

// Run prepares. On SQLite the server must not be running at the same time; on PostgreSQL it may.
func (c *LoadPrepare) Run(e *env) error {
	a, err := c.open(e)
	if err != nil {
		return err
	}
	defer a.Close()
	p, err := loadtest.Prepare(e.ctx, a, c.Candidates, c.Code, c.Records, c.AmongPeople)
	if err != nil {
		return err
	}
	return p.Write(c.Plan)
}

// LoadRun plays.
type LoadRun struct {
	Plan     string        `help:"What prepare wrote." default:"plan.json" type:"path"`
	URL      string        `name:"url" help:"The server. Start it with --behind-proxy 127.0.0.1/32, or its limits per address hold for all candidates together." default:"http://127.0.0.1:8080"`
	Ledger   string        `help:"File of what the server acknowledged." default:"ledger.jsonl" type:"path"`
	For      time.Duration `help:"How long each candidate types." default:"60s"`
	Ramp     time.Duration `help:"Over which they begin." default:"10s"`
	Every    time.Duration `help:"Between two saves of a candidate; 0 is what the server asks for." default:"0s"`
	Size     int           `help:"Bytes of the text that each begins with." default:"2000"`
	Runs     int           `help:"How often each runs their program."`
	Uploads  int           `help:"How many send a recording while they type; prepare with --records."`
	Rate     int           `help:"Bytes a second of each recording." default:"125000"`
	Patience time.Duration `help:"How long a press is tried again before a candidate gives up." default:"60s"`
	Process  int           `help:"Process id of the server on this machine, to measure its processor time and memory."`
	JSON     bool          `name:"json" help:"Print the figures as JSON."`
}

// Run plays and prints the figures; exit code 1 when a candidate had to give up.
func (c *LoadRun) Run(e *env) error {
	p, err := loadtest.ReadPlan(c.Plan)
	if err != nil {
		return err
	}
	ledger, err := loadtest.NewLedger(c.Ledger)
	if err != nil {
		return err
	}
	l := loadtest.Load{URL: c.URL, Plan: p, Ledger: ledger, For: c.For, Ramp: c.Ramp, Every: c.Every, Size: c.Size, Runs: c.Runs, Uploads: c.Uploads, Rate: c.Rate, Patience: c.Patience, Process: c.Process}
	r, err := l.Run(e.ctx)
	if err != nil {
		return err
	}
	if err := ledger.Close(); err != nil {
		return err
	}
	if c.JSON {
		err = json.NewEncoder(e.out).Encode(r)
	} else {
		_, err = fmt.Fprint(e.out, r)
	}
	if err == nil && len(r.GaveUp) > 0 {
		err = found{}
	}
	return err
}

// LoadVerify compares.
type LoadVerify struct {
	Where
	Plan   string `help:"What prepare wrote." default:"plan.json" type:"path"`
	Ledger string `help:"What run wrote." default:"ledger.jsonl" type:"path"`
	JSON   bool   `name:"json" help:"Print what was found as JSON."`
}

// Run compares; exit code 1 when something acknowledged is not there. On SQLite the server must not be running at the same time.
func (c *LoadVerify) Run(e *env) error {
	p, err := loadtest.ReadPlan(c.Plan)
	if err != nil {
		return err
	}
	entries, err := loadtest.ReadLedger(c.Ledger)
	if err != nil {
		return err
	}
	if _, err := os.Stat(c.Data); err != nil {
		return err // opening would make an empty installation
	}
	a, err := c.open(e)
	if err != nil {
		return err
	}
	defer a.Close()
	v, err := loadtest.Verify(e.ctx, a, p, entries)
	if err != nil {
		return err
	}
	if c.JSON {
		err = json.NewEncoder(e.out).Encode(v)
	} else {
		_, err = fmt.Fprint(e.out, v)
	}
	if err == nil && !v.OK() {
		err = found{}
	}
	return err
}
