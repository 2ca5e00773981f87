package git

import (
	"context"
	"strings"
)

// Fetch brings one branch of a repository elsewhere into the view, with what is behind it: no tags, no other refs, no submodules. It speaks https
// only, through a proxy, and follows no redirect. The Failure of git is given back.
func (v *View) Fetch(ctx context.Context, url, branch, proxy string) (Hash, error) {
	const here = "refs/fetched/branch"
	env := []string{"GIT_ALLOW_PROTOCOL=https", "no_proxy="}
	if v.git.CA != "" {
		env = append(env, "GIT_SSL_CAINFO="+v.git.CA)
	}
	o := Options{Env: env, Settings: []string{"http.proxy=" + proxy, "http.followRedirects=false", "http.lowSpeedLimit=1000", "http.lowSpeedTime=30", "fetch.unpackLimit=1",
		"fetch.fsckObjects=true", "fetch.recurseSubmodules=false", "fetch.writeCommitGraph=false"}}
	_, err := v.run(ctx, o, 1<<20, "fetch", "--quiet", "--no-tags", "--no-recurse-submodules", "--no-write-fetch-head", "--no-auto-maintenance", "--end-of-options", url, "+refs/heads/"+branch+":"+here)
	if err != nil {
		return "", err
	}
	out, err := v.run(ctx, Options{}, 1<<10, "rev-parse", "--verify", "--end-of-options", here+"^{commit}")
	return Hash(strings.TrimSpace(string(out))), err
}
