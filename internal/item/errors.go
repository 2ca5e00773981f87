package item

import "candor/internal/problem"

// ErrBody is a body that no page of ours could have sent.
var ErrBody = problem.New(problem.Invalid, "answer_shape",
	"This answer did not arrive in a form we can read. Your last saved answer is safe; reload the page and try again.")

// ErrAction is an action that this item does not have.
var ErrAction = problem.New(problem.Missing, "item_action", "This task has no such action.")

// ErrCarry: the item has no repository that can be taken along.
var ErrCarry = problem.New(problem.Conflict, "item_no_files", "This task has no files to take along or to bring.")

// ErrFile: the item takes no files.
var ErrFile = problem.New(problem.Conflict, "item_file", "No files can be added to this task.")

// ErrLook is a page beside the work that an item does not have.
var ErrLook = problem.New(problem.Missing, "item_look", "There is no such file or page in this task.")
