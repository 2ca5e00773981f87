/**
 * The server's clock, kept by the monotonic one. The device's date is never read: every answer of the server carries Candor-Now
 * (milliseconds), and the page knows at which performance.now() it came.
 */
let offset = Number.NaN
let last = 0

/** Learns from an answer: server milliseconds, and when (performance.now) it arrived. Between asking and answering lies the way; the stamp is taken at sending, so the true offset is a little later, in the candidate's favour. */
export function learn(server: number, arrived = performance.now()): void {
  if (server <= 0 || Number.isNaN(server)) return
  offset = server - arrived
  last = server
}

/** When something happens now, in server milliseconds, and what the server had last said; undefined before it said anything. */
export const evidence = (): { readonly typed: number; readonly heard: number } | undefined =>
  known() ? { typed: Math.max(last, Math.round(serverNow())), heard: last } : undefined

export const known = (): boolean => !Number.isNaN(offset)

/** Server milliseconds now. */
export const serverNow = (): number => (known() ? performance.now() + offset : Number.NaN)

/** Takes the time from a response's header. */
export function learnFrom(response: Response): void {
  learn(Number(response.headers.get("Candor-Now")))
}

/** What a timer shows for so many milliseconds: whole minutes rounded up, seconds only in the last minute. */
export function left(ms: number): { readonly value: string; readonly unit: "min" | "s" } {
  if (ms <= 0) return { value: "0", unit: "min" }
  if (ms < 60_000) return { value: String(Math.ceil(ms / 1000)), unit: "s" }
  const minutes = Math.ceil(ms / 60_000)
  return { value: String(minutes), unit: "min" }
}

/** Which spoken warning is due when the time left falls from before to after: half time, 10, 5 or 1 minute; 0 is the end. */
export function warning(before: number, after: number, total: number): "half" | 10 | 5 | 1 | 0 | null {
  const passed = (ms: number): boolean => before > ms && after <= ms
  if (passed(0)) return 0
  if (passed(60_000)) return 1
  if (passed(5 * 60_000)) return 5
  if (passed(10 * 60_000)) return 10
  if (total > 20 * 60_000 && passed(total / 2)) return "half"
  return null
}
