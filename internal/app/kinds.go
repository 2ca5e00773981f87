package app

import (
	"candor/internal/item"
	"candor/internal/item/kinds/choice"
	"candor/internal/item/kinds/code"
	"candor/internal/item/kinds/codereview"
	"candor/internal/item/kinds/design"
	"candor/internal/item/kinds/freetext"
	"candor/internal/item/kinds/repository"
	"candor/internal/item/kinds/video"
	"candor/internal/markdown"
	"candor/internal/run"
	"candor/internal/upload"
	"candor/internal/web/ui/codeblock"
)

// written is how questions about their own work are answered.
func written(md *markdown.Markdown) item.Kind { return freetext.Kind{MD: md} }

// kinds are the kinds of items, in the order docs list them. frame is the address of the page that draws diagrams; "" draws none; files keeps what is added to answers, nil keeps none.
func kinds(md *markdown.Markdown, judge *bench, runs *run.Runs, takeHomes repository.Kind, videos video.Kind, frame string, files *upload.Uploads) item.Kinds {
	return item.Kinds{
		choice.Kind{MD: md},
		freetext.Kind{MD: md},
		code.Kind{MD: md, Judge: judge, Runs: runs, Ready: judge.Ready},
		codereview.Kind{MD: md, Cache: &codeblock.Cache{}},
		takeHomes,
		videos,
		design.New(md, frame, files),
	}
}
