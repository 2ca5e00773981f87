package harbour

import (
	"context"
	"net/http"
)

type captainKey struct{}

// WithCaptain is used by the sign-in in front of the server.
func WithCaptain(ctx context.Context, name string) context.Context {
	return context.WithValue(ctx, captainKey{}, name)
}

func captain(r *http.Request) string {
	name, _ := r.Context().Value(captainKey{}).(string)
	return name
}
