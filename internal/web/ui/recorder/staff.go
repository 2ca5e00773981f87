package recorder

// Way is a way to record, by its name in addresses, and in words for members.
type Way struct{ Key, Text string }

// Ways are those in which a member can say something.
var Ways = []Way{{"video", "With the camera"}, {"sound", "In sound alone"}, {"screen", "Show my screen and talk"}}

// WayOf is the way of a name; the first where there is none of it.
func WayOf(key string) string {
	for _, w := range Ways {
		if w.Key == key {
			return key
		}
	}
	return Ways[0].Key
}

// Stands says how a recording that waits beside a form stands, and in which tone: whether all of it is here, whether it plays, and what was damaged; "" is nothing.
func Stands(whole, plays bool, damaged string) (text, tone string) {
	switch {
	case !whole:
		return "On its way from the device that recorded it", ""
	case !plays:
		return "What arrived cannot be played", "bad"
	case damaged != "":
		return damaged, "warn"
	}
	return "Here", "ok"
}

// asking are the recorder's words where they are others for whoever records a question.
var asking = map[string]string{
	"plain_title": "Recording needs a script that is not running here.", "plain_text": "Reload the page, or ask in words alone.",
	"why_video": "Needed to record your question. Nothing is recorded before you press Record.", "why_sound": "Needed to record your question. Nothing is recorded before you press Record.",
	"why_screen": "Needed to record your question. Close what is not meant for others first. Nothing is recorded before you press Record.",
	"refused":    "Your browser did not let us use it. Allow the camera and the microphone for this page in its address bar, then press again. Or ask in words alone.",
	"no_device":  "This device has no camera or no microphone that we can find. Try sound alone, another device, or ask in words alone.",
	"no_screen":  "Nothing was shared, or your browser cannot share a screen. Press again to choose.", "unsupported": "This browser cannot record. Try another one, or ask in words alone.",
	"empty": "Your device recorded nothing. Try once more, or ask in words alone.", "reached": "That is enough recordings of one question. Throw one away first.",
	"lost_upload": "The server did not take this one: it is no recording that we can play, larger than one may be, or the question is asked already. It stays on this device.",
	"pick":        "Or choose a recording", "pick_hint": "A .webm, .mkv, .mp4 or .ogg file, from this device.",
}

// greeting are its words for whoever records a greeting.
var greeting = map[string]string{
	"plain_title": "Recording needs a script that is not running here.", "plain_text": "Reload the page. Your written words stand on the opening’s page all the same.",
	"why_video": "Needed to record your greeting. Nothing is recorded before you press Record.", "why_sound": "Needed to record your greeting. Nothing is recorded before you press Record.",
	"refused":   "Your browser did not let us use it. Allow the camera and the microphone for this page in its address bar, then press again.",
	"no_device": "This device has no camera or no microphone that we can find. Try sound alone, or another device.", "unsupported": "This browser cannot record. Try another one.",
	"empty": "Your device recorded nothing. Try once more.", "reached": "That is enough recordings. Save one of them first.",
	"lost_upload": "The server did not take this one: it is no recording that we can play, or larger than one may be. It stays on this device.",
	"pick":        "Or choose a recording", "pick_hint": "A .webm, .mkv, .mp4 or .ogg file of up to 30 MB, from this device.",
}

// Asking gives the words of a recorder for whoever records a question, all where the others come from; Greeting those for a greeting.
func Asking(all Texts) Texts { return all.but(asking) }

// Greeting is as Asking.
func Greeting(all Texts) Texts { return all.but(greeting) }

// Texts gives words by their keys, without "video.".
type Texts func(key string, pairs ...any) string

func (all Texts) but(some map[string]string) Texts {
	return func(key string, pairs ...any) string {
		if s, ok := some[key]; ok {
			return s
		}
		return all(key, pairs...)
	}
}
