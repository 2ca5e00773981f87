package db

import (
	"fmt"
	"strings"
)

// List is what stands between the brackets of an IN, "$3, $4", with its values added to the arguments; at least one.
func List[T ~string](args []any, values []T) (string, []any) {
	places := make([]string, len(values))
	for i, v := range values {
		args = append(args, string(v))
		places[i] = fmt.Sprintf("$%d", len(args))
	}
	return strings.Join(places, ", "), args
}
