package judge

import "strconv"

// Pid is the worker's, "" while there is none.
func (p *Process) Pid() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.now == nil {
		return ""
	}
	return strconv.Itoa(p.now.cmd.Process.Pid)
}

// Kill ends the worker as a crash would.
func (p *Process) Kill() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.now.cmd.Process.Kill()
}
