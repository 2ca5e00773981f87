package attemptweb

import "strings"

// What browsers say of themselves, the more particular word first: Edge says Chrome too, and everybody says Safari.
var (
	browsers = [][2]string{{"Edg", "Edge"}, {"OPR/", "Opera"}, {"Firefox/", "Firefox"}, {"FxiOS/", "Firefox"}, {"CriOS/", "Chrome"}, {"Chrome/", "Chrome"}, {"Safari/", "Safari"}}
	systems  = [][2]string{{"iPhone", "an iPhone"}, {"iPad", "an iPad"}, {"Android", "Android"}, {"CrOS", "ChromeOS"}, {"Windows", "Windows"}, {"Macintosh", "a Mac"}, {"Linux", "Linux"}}
)

// deviceOf is a browser in words, so that somebody tells their devices apart: "Firefox on Android". "" when it says nothing that is known here.
func deviceOf(userAgent string) string {
	browser, system := known(userAgent, browsers), known(userAgent, systems)
	if browser == "" || system == "" {
		return browser + system
	}
	return browser + " on " + system
}

func known(userAgent string, words [][2]string) string {
	for _, w := range words {
		if strings.Contains(userAgent, w[0]) {
			return w[1]
		}
	}
	return ""
}
