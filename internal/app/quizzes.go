package app

import (
	"candor/internal/importer/aiken"
	"candor/internal/importer/exercism"
	"candor/internal/importer/gift"
	"candor/internal/importer/moodle"
	"candor/internal/importer/qti"
	"candor/internal/importer/qti12"
	"candor/internal/quiz"
)

// Quizzes are the formats of other programs' questions that are read, in the order in which a file is tried; GIFT and Aiken, which are
// plain text, last.
func Quizzes() []quiz.Format {
	return []quiz.Format{moodle.Format{}, qti.Format{}, qti12.Format{}, exercism.Format{}, gift.Format{}, aiken.Format{}}
}
