package demo

import (
	"candor/internal/assessment"
	"candor/internal/attempt"
	"candor/internal/review"
)

// seen are readers' notes, by criterion and from the lowest level up.
var seen = map[string][4]string{
	"explaining": {
		"Internal names throughout; I could not say from this whether a booking is right.",
		"The cause is there. Who was affected, and what to tell them, is not.",
		"Says what happened, what is safe and what comes next, in words I would use on the phone.",
		"Also says what is not known yet and when the next message comes.",
	},
	"diagnosis": {
		"The checks would not change what they do next.",
		"One check tells causes apart; the other is to look around.",
		"Both checks tell causes apart, with numbers of the timeline.",
		"The cheap check comes first, and it could prove the idea wrong.",
	},
	"edges": {
		"Counts in one stretch after the other, or for ever: around its turn twice the limit gets through.",
		"The window slides. One rule got lost, and I can see where it would go.",
		"The rules hold at their edges. With many keys it looks at more of them than it has to, or keeps some too long.",
		"Forgets exactly what has to be forgotten, in order, and says why that is cheap.",
	},
	"people-first": {
		"About style and libraries; nothing of keyboards or screen readers.",
		"Real problems, but I cannot tell whom they stop.",
		"Finds the missing labels and the lost input, and says who is stopped by them.",
		"Ordered by harm, each with the smallest change that ends it.",
	},
	"tone": {
		"Verdicts only.",
		"Right, but the author has to guess what to do.",
		"What to change and why, about the form and not its author.",
		"Says first what should stay. I would like to be reviewed like this.",
	},
	"matters": {
		"Names and formatting; what loses data would have gone in.",
		"Real finds, but I could not tell from it what to mend first.",
		"Most of what is heavy, marked so, with what it leads to.",
		"What is heavy comes first, and it sees what the change does to code it does not touch.",
	},
	"teammate": {
		"Short verdicts, no reasons. I would not know what to do with them.",
		"Right where it is right, and a little cold.",
		"Reasons and a way out for each; I could act on it.",
		"Asks where there may be a reason and says what should stay. I would ask for this reviewer.",
	},
	"states": {
		"One step back; what was before it is lost.",
		"Back and forth is right. At an edge it keeps one state too few or too many.",
		"Past, present and future never disagree. Joining of steps is where it slips.",
		"A state that nobody made cannot come up, and joining is one line in one place.",
	},
	"numbers": {
		"Queues and caches by name; 9,000 seats in two hours stand nowhere in it.",
		"Works out the rate, and then builds for a hundred times as much.",
		"Each part has a reason in the task, and the busiest minute is worked out.",
		"Says which number, if it were wrong, would change the design. That one I would ask about, too.",
	},
	"failure": {
		"All works, always.",
		"A list of failures; what stands on the counter’s screen meanwhile I do not know.",
		"The line and the lost reply, and what each harbour sees of both.",
		"Comes back without selling a seat twice, and says what it does not solve.",
	},
	"buildable": {
		"Boxes with names.",
		"I know what each part is for, not what it is told.",
		"What the parts keep and say to each other is there; I could begin.",
		"Also what to leave out at first, and for how long.",
	},
	attempt.Owns: {
		"Repeats the comment; I still do not know whether they understood it.",
		"Says what goes wrong, not how one would see it.",
		"Says what goes wrong and for whom, and how to show it.",
		"Also says what could wait, and why that is safe.",
	},
	"judgement": {
		"Praises a technology; this team and its numbers do not come up.",
		"Compares in general. I miss the sixty offices and the minute.",
		"Chooses from the numbers and names what the choice costs.",
		"Also says what would change their mind and how they would notice.",
	},
	"learning": {
		"Blames others; I do not learn what they would do next time.",
		"Names the cause; nothing has changed since.",
		"The cause, and one habit that stayed.",
		"What changed reaches the whole team.",
	},
	"exact": {
		"Right for the example, wrong for the next list.",
		"One rule that the task states is not kept.",
		"Every rule is kept, in the order of the task.",
		"Every rule in the order of the task, and quick on the long lane.",
	},
	"works": {
		"What worked before fails now; I could not find an issue that is solved.",
		"The fee is right. Of the rest the example works and its neighbours do not.",
		"Two issues hold in every case I tried against the rules.",
		"Also thought of what follows: the next event after a cut line, a hold when there are two of a tool.",
	},
	"fits": {
		"A second way of doing what the neighbouring package already does.",
		"In the right packages, in another voice.",
		"Each rule stands where the house keeps it.",
		"And the desk reads better than before.",
	},
	"tests": {
		"No test was added.",
		"The usual case only; the edges that the issue names are not there.",
		"A test for each issue, with the last day and the day after.",
		"A failing line would tell a volunteer which rule was broken.",
	},
	"story": {
		"Two commits that say less than the diff.",
		"Small steps; the messages repeat the diff.",
		"One thought a commit, each with its reason.",
		"And what was left open is written down, with where it would go.",
	},
	"promises": {
		"The board that was right is wrong now.",
		"The example of the complaint works, its neighbours do not.",
		"Two complaints hold in every case of the rules that I tried.",
		"Also where two rules meet: the night boat of a holiday, a change that a delay takes away.",
	},
	"place": {
		"The rule about midnight stands in two modules.",
		"One place for most of it, with exceptions in the commands.",
		"Board and journey can ask the same function.",
		"And the loop is shorter than it was.",
	},
	"proof": {
		"No test was added.",
		"The example of the complaint, nothing beside it.",
		"The minute itself and the minute after; I believe it now.",
		"The names of the tests say what a passenger would have met.",
	},
	"readable": {
		"Single letters and no words: I had to work out what each value stands for.",
		"I followed the main path, and had to run it to understand the rest.",
		"Easy to follow, and the hard line says why it is so.",
		"A sentence at the top says how it is kept, and each method does what its name says. I could change this tomorrow.",
	},
}

// thanks are what readers leave for the candidate, by the first criterion of what they read.
var thanks = map[string]string{
	"explaining":   "Thank you for reading the timeline so closely.",
	"people-first": "Thank you for reading the form as somebody who has to fill it in.",
	"matters":      "Thank you for reading two strangers' pull requests with so much care.",
	"works":        "Thank you for an hour in a shed full of tools.",
	"promises":     "Thank you for standing at our pier at half past midnight.",
	"judgement":    "Thank you for taking our sixty harbours seriously.",
}

// card is what reader n wrote: the story's levels, the second reader one apart in the last criterion.
func (s story) card(v *assessment.Version, n int) review.Card {
	c := review.Card{Ratings: map[string]review.Rating{}, Private: "Read once, then again with the rubric.", Shareable: thanks[v.Rubric[0].Key]}
	for i, crit := range v.Rubric {
		if i == len(s.levels) { // somebody who is not asked about their own work has no such level
			break
		}
		level := s.levels[i]
		if n == 1 && i == len(v.Rubric)-1 {
			level = max(1, level-1)
		}
		r := review.Rating{Level: level, Note: seen[crit.Key][level-1]}
		for _, key := range crit.Items {
			r.Evidence = append(r.Evidence, review.Place{Item: key})
		}
		c.Ratings[crit.Key] = r
	}
	return c
}
