package media

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"candor/internal/media/vtt"
)

// Hears is a program of the operator that writes down what is said.
type Hears struct{ args []string }

// What Hears puts in place of these words of a command.
const (
	audioWord = "{audio}" // the sound: WAV, 16 kHz, one channel, 16 bits
	baseWord  = "{base}"  // a name without its ending, for programs that add ".vtt" themselves
)

// NewHears reads a command: words apart by spaces, without a shell. It reads {audio} and writes WebVTT to {base}.vtt, or else to its output. A problem says
// what to mend.
func NewHears(command string) (*Hears, error) {
	args := strings.Fields(command)
	if len(args) == 0 || !strings.Contains(command, audioWord) {
		return nil, fmt.Errorf("a captions command names a program and %s, such as: whisper-cli -m /srv/model.bin -l auto -ovtt -of %s -f %s", audioWord, baseWord, audioWord)
	}
	path, err := exec.LookPath(args[0])
	if err != nil {
		return nil, fmt.Errorf("the captions command cannot be run: %w", err)
	}
	args[0] = path
	return &Hears{args}, nil
}

// Hear runs the command on a WAV file, with no more than its own folder and PATH to know of, and behind everything else the machine has to do.
// vtt.ErrInvalid when it wrote something else; no cues when nothing is said.
func (h *Hears) Hear(ctx context.Context, wav []byte) ([]vtt.Cue, error) {
	dir, err := os.MkdirTemp("", "candor-hear-*")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	base := filepath.Join(dir, "speech")
	if err := os.WriteFile(base+".wav", wav, 0o600); err != nil {
		return nil, err
	}
	words := strings.NewReplacer(audioWord, base+".wav", baseWord, base)
	args := make([]string, len(h.args))
	for i, a := range h.args {
		args[i] = words.Replace(a)
	}
	var out, said tail
	cmd := exec.CommandContext(ctx, args[0], args[1:]...)
	cmd.Dir, cmd.Env = dir, []string{"PATH=" + os.Getenv("PATH"), "HOME=" + dir, "LANG=C.UTF-8"}
	cmd.Stdout, cmd.Stderr = &out, &said
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
	cmd.WaitDelay = 5 * time.Second
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("the captions command cannot be run: %w", err)
	}
	syscall.Setpriority(syscall.PRIO_PGRP, cmd.Process.Pid, 19) // where it may not, it is only less polite
	if err := cmd.Wait(); err != nil {
		return nil, fmt.Errorf("the captions command: %w: %s", err, strings.TrimSpace(said.String()))
	}
	text, err := readUpTo(base+".vtt", vtt.MaxBytes+1)
	if errors.Is(err, fs.ErrNotExist) {
		text, err = out.Bytes(), nil
	}
	if err != nil {
		return nil, err
	}
	return vtt.Parse(text)
}

// readUpTo reads a regular file, at most so many bytes of it.
func readUpTo(name string, most int64) ([]byte, error) {
	info, err := os.Lstat(name)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() || info.Size() >= most {
		return nil, vtt.ErrInvalid
	}
	return os.ReadFile(name)
}

// tail keeps the first of what is written to it, one byte more than a file of captions may have.
type tail struct{ bytes.Buffer }

func (t *tail) Write(p []byte) (int, error) {
	t.Buffer.Write(p[:min(len(p), max(0, vtt.MaxBytes+1-t.Len()))])
	return len(p), nil
}
