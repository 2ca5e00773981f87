package judgetest

import (
	"context"
	"log"
	"os"

	"candor/internal/judge"
)

// WorkerWord, as the only argument of a test binary whose TestMain is [Main], makes it a worker that is asked on standard input.
const WorkerWord = "judge-worker"

func work() {
	j, err := shared()
	if err == nil {
		err = judge.Worker(context.Background(), j, os.Stdin, os.Stdout)
		j.Engine.Close()
	}
	if err != nil {
		log.Fatal(err)
	}
	os.Exit(0)
}
