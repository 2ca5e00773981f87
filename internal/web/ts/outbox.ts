/**
 * THE PROTOCOL between the browser's outbox and the server. Change it only together with the server's save handler; a tab may be
 * open during a deploy, so a field may be added but not taken away within one release.
 *
 * An answer to an item is ONE JSON body, a string. For a plain form it is the form's data as an object of arrays, keys sorted as
 * they stand in the form: {"answer":["b"],"note":["..."]}. It holds only the named controls inside the item's <form>, without
 * those whose name begins with "_". An item whose form has data-answer="<name>" sends that control's raw value instead (a kind
 * with an answer format of its own writes JSON into a hidden field).
 *
 *   POST /c/-/save            Content-Type: application/json, cookie __Host-cand
 *   {
 *     "sitting": "sit_...",   which sitting; from the page
 *     "client":  "c_<26 base32>",  this browser tab's writer id; a new one for each page load
 *     "epoch":   3,           the editor epoch the page was given (rule 17: an older epoch's saves become a branch)
 *     "age":     1234,        milliseconds since the oldest of these was typed, by the monotonic clock (rule 6; information only)
 *     "saves": [
 *       { "item": "itm_...", "seq": 17, "base": 16, "body": "{...}", "sha256": "<hex of body's UTF-8>" },
 *       ...                   at most 50, oldest first; seq rises by one per client and item, from 1; base is the seq last
 *     ]                       acknowledged to this client for the item, 0 when none
 *   }
 *
 *   200 {
 *     "now": 1763929200000,   server milliseconds
 *     "end": 1763932800000,   entitled_end of the sitting in ms, 0 when untimed and open
 *     "interval": 2000,       ms to wait before the next send (2,000 to 15,000, by the server's load)
 *     "state": "running",     of the sitting: running | ended | void
 *     "editor": true,         false: another device took over, this page becomes read-only and says so
 *     "acks": [ { "item": "itm_...", "seq": 17, "standing": "on_time" | "late" | "branch", "revision": 42 } ]
 *   }                         one ack per save, also when it is already there ((client, item, seq) is the idempotency key)
 *
 *   401  the session is over: the outbox is kept, the page asks to sign in (open the link) in another tab, and goes on
 *   409  problem+json: nothing can be done with it here (no such sitting); kept, shown as "Not saved"
 *   413  problem+json: this answer is too large; kept, shown as "Not saved", the newer versions are still tried
 *   423 429 5xx 507  kept and tried again, after Retry-After or with growing pauses of 1 to 30 s
 *
 *   GET /c/-/clock?sitting=sit_...  ->  { "now", "end", "interval", "state", "editor" }   asked when a page returns from sleep and
 *                                        once a minute while nothing is being saved, so that an extension arrives without a reload
 */
export interface Save {
  readonly item: string
  readonly seq: number
  readonly base: number
  readonly body: string
  readonly sha256: string
}

/** What the server says about the sitting with each answer. */
export interface Tick {
  readonly now: number
  readonly end: number
  readonly interval: number
  readonly state: "running" | "ended" | "void"
  readonly editor: boolean
}

export interface Reply extends Tick {
  readonly acks: readonly { readonly item: string; readonly seq: number; readonly standing: "on_time" | "late" | "branch"; readonly revision: number }[]
}
