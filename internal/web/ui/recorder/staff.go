package recorder

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

// Asking gives the words of a recorder for whoever records a question; all is where the others come from.
func Asking(all func(key string, pairs ...any) string) func(key string, pairs ...any) string {
	return func(key string, pairs ...any) string {
		if s, ok := asking[key]; ok {
			return s
		}
		return all(key, pairs...)
	}
}
