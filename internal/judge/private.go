package judge

import (
	"bytes"
	"context"
	"crypto/rand"
	"io"
	"os"

	"candor/internal/sandbox"
)

// maxAnswer is how much a harness may write on its private descriptor, in bytes.
const maxAnswer = 8 << 20

// nonce is what the lines of a harness begin with, so that nothing else is taken for one.
func nonce() string { return rand.Text() }

// private runs a program that reads in on descriptor 3 and answers on descriptor 4. What it writes beyond maxAnswer is an OLE.
func (w *work) private(ctx context.Context, spec sandbox.Spec, in []byte) (r sandbox.Report, answer []byte, err error) {
	theirIn, in3, err := os.Pipe()
	if err != nil {
		return r, nil, err
	}
	out4, theirOut, err := os.Pipe()
	if err != nil {
		theirIn.Close()
		in3.Close()
		return r, nil, err
	}
	written, read := make(chan struct{}), make(chan []byte)
	go func() {
		defer close(written)
		in3.Write(in) // a program that does not read gets a closed pipe below
		in3.Close()
	}()
	go func() {
		b, _ := io.ReadAll(io.LimitReader(out4, maxAnswer+1))
		io.Copy(io.Discard, out4) // nobody hangs because we have seen enough
		read <- b
	}()
	spec.Extra = []*os.File{theirIn, theirOut}
	r, err = w.run(ctx, spec)
	theirIn.Close()
	theirOut.Close()
	<-written
	answer = <-read
	out4.Close()
	if err == nil && len(answer) > maxAnswer {
		r.Status, r.Reason = sandbox.OLE, "answered with more than 8 MiB"
		answer = answer[:bytes.LastIndexByte(answer[:maxAnswer], '\n')+1]
	}
	return r, answer, err
}
