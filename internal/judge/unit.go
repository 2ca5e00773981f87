package judge

import "context"

func (w *work) unit(ctx context.Context) error { return fail("not yet") }
