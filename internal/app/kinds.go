package app

import (
	"candor/internal/item"
	"candor/internal/item/kinds/choice"
	"candor/internal/item/kinds/freetext"
	"candor/internal/markdown"
)

// kinds are the kinds of items, in the order docs list them.
func kinds(md *markdown.Markdown) item.Kinds {
	return item.Kinds{
		choice.Kind{MD: md},
		freetext.Kind{MD: md},
	}
}

// Kinds are the kinds for commands that need no server (lint).
func Kinds() item.Kinds { return kinds(markdown.New(2)) }
