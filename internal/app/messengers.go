package app

import (
	"context"

	"candor/internal/bridge"
	"candor/internal/db"
	"candor/internal/notify/channels/slack"
	"candor/internal/org"
)

// Messengers are those that conversations are brought to.
func Messengers() []bridge.Messenger {
	return []bridge.Messenger{&slack.Slack{}}
}

// Bridged is how the links of all organisations stand, beside a server that may be running.
func Bridged(ctx context.Context, c Config) (out []bridge.Told, err error) {
	d, err := db.Open(ctx, c.address(), db.Options{Readers: 1})
	if err != nil {
		return nil, err
	}
	defer d.Close()
	all, err := (&org.Orgs{DB: d}).All(ctx)
	for _, o := range all {
		if err != nil {
			return out, err
		}
		err = d.Read(ctx, o, func(tx db.Tx) error {
			links, err := bridge.Links(ctx, tx)
			out = append(out, links...)
			return err
		})
	}
	return out, err
}
