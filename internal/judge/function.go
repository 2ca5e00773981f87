package judge

import "context"

func (w *work) function(ctx context.Context) error { return fail("not yet") }
