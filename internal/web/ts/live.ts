/**
 * Live events: one EventSource per browser, shared by its tabs. The tab that holds the lock "candor-live" keeps the connection and
 * tells the others by BroadcastChannel; when it closes, the next one takes over. An event says topic, subject and id, nothing else;
 * what happened is fetched by whoever may see it. When the connection fails, pages fall back to asking from time to time.
 *
 *   GET /-/live?area=cand | /-/live?area=<org>     text/event-stream;  data: {"topic":"run","subject":"att_...","id":"..."}
 */
export interface Live {
  readonly topic: string
  readonly subject: string
  readonly id: string
}

const channel = typeof BroadcastChannel === "undefined" ? undefined : new BroadcastChannel("candor-live")

type Heard = (topic: string, subject: string) => void
const hearing: Heard[] = []

/** Calls back for every event from now on; the page connects once, however many parts of it listen. */
export function subscribe(heard: Heard): void {
  if (hearing.push(heard) > 1) return
  const address = document.querySelector<HTMLElement>("[data-live-from]")?.dataset["liveFrom"]
  const tell = (e: Live): void => hearing.forEach((h) => h(e.topic, e.subject))
  channel?.addEventListener("message", (m: MessageEvent<Live>) => tell(m.data))
  if (!address) return
  const connect = (): Promise<void> =>
    new Promise((gone) => {
      const source = new EventSource(address)
      source.onmessage = (m: MessageEvent<string>) => {
        const e = JSON.parse(m.data) as Live
        tell(e)
        channel?.postMessage(e)
      }
      source.onerror = () => {
        if (source.readyState === EventSource.CLOSED) gone()
      }
    })
  if (navigator.locks && channel) void navigator.locks.request("candor-live:" + address, connect)
  else void connect()
}
