package web

import (
	"sync"
	"time"
)

// Rate is a class of routes that share one bucket per asker.
type Rate string

// The rate classes. Saves are shed last: their limit only stops a broken script.
const (
	RateRead    Rate = "read"    // pages
	RateWrite   Rate = "write"   // forms
	RateSave    Rate = "save"    // autosave
	RateSignIn  Rate = "sign_in" // asking for a link
	RateCode    Rate = "code"    // typing a code or pressing on a link
	RateRun     Rate = "run"     // running code
	RateUpload  Rate = "upload"  //
	RateExport  Rate = "export"  // exports and other heavy reads
	RatePreview Rate = "preview" // what an author looks at before anybody else does
	RateLive    Rate = "live"    // event streams
	RateGit     Rate = "git"     // clone, fetch and push: three requests each
	RateAsset   Rate = "asset"   // files that never change, health
	RateAPI     Rate = "api"     // what programs ask; each token has its own
)

// Limit is a token bucket: Burst at once, then Per per minute.
type Limit struct {
	Burst, Per float64
}

var limits = map[Rate]Limit{
	RateRead:    {120, 600},
	RateWrite:   {40, 120},
	RateSave:    {60, 600},
	RateSignIn:  {10, 6},
	RateCode:    {30, 30},
	RateRun:     {10, 30},
	RateUpload:  {60, 600},
	RateExport:  {5, 6},
	RatePreview: {120, 600},
	RateLive:    {20, 60},
	RateGit:     {300, 600},
	RateAsset:   {600, 6000},
	RateAPI:     {120, 600},
}

type bucketKey struct {
	rate Rate
	who  string
}

type bucket struct {
	tokens float64
	at     time.Time
}

// limiter holds token buckets in memory, per node. It never grows past maxBuckets: full ones are forgotten first, because a
// forgotten bucket starts full.
type limiter struct {
	mu      sync.Mutex
	limits  map[Rate]Limit
	buckets map[bucketKey]bucket
}

const maxBuckets = 100_000

// of is the limit of a class.
func (l *limiter) of(rate Rate) Limit {
	if lim, special := l.limits[rate]; special {
		return lim
	}
	return limits[rate]
}

// left is how many requests an asker has at once.
func (l *limiter) left(rate Rate, who string) int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return int(l.buckets[bucketKey{rate, who}].tokens)
}

// allow takes one token. wait is how long until there is one.
func (l *limiter) allow(rate Rate, who string, now time.Time) (ok bool, wait time.Duration) {
	lim := l.of(rate)
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.buckets == nil {
		l.buckets = map[bucketKey]bucket{}
	}
	k := bucketKey{rate, who}
	b, known := l.buckets[k]
	if !known {
		if len(l.buckets) >= maxBuckets {
			l.forget(now)
		}
		b = bucket{tokens: lim.Burst, at: now}
	}
	perSecond := lim.Per / 60
	b.tokens = min(lim.Burst, b.tokens+max(0, now.Sub(b.at).Seconds())*perSecond)
	b.at = now
	if b.tokens < 1 {
		l.buckets[k] = b
		return false, time.Duration((1 - b.tokens) / perSecond * float64(time.Second))
	}
	b.tokens--
	l.buckets[k] = b
	return true, 0
}

// forget drops the buckets that have refilled, and when all are in use, any half of them.
func (l *limiter) forget(now time.Time) {
	for k, b := range l.buckets {
		if now.Sub(b.at) > 2*time.Minute {
			delete(l.buckets, k)
		}
	}
	for k := range l.buckets {
		if len(l.buckets) <= maxBuckets/2 {
			break
		}
		delete(l.buckets, k)
	}
}
