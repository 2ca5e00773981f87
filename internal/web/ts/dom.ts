/** Small helpers for pages: finding, announcing, keeping what people chose on this device. */

export const all = <E extends Element = HTMLElement>(selector: string, within: ParentNode = document): E[] => [...within.querySelectorAll<E>(selector)]
export const one = <E extends Element = HTMLElement>(selector: string, within: ParentNode = document): E | null => within.querySelector<E>(selector)

let last = ""
let next = 0
let waiting: string[] = []

/**
 * Says a sentence to screen readers: politely, at most one per 5 s and none twice in a row; urgent ones at once, and only for
 * losing work or time nearly over.
 */
export function announce(text: string, urgent = false): void {
  if (text === last) return
  last = text
  if (urgent) {
    speak("assertive", text)
    return
  }
  waiting = [...waiting.slice(-2), text]
  const now = performance.now()
  if (now < next) return
  flush()
}

function flush(): void {
  const text = waiting.shift()
  if (text === undefined) return
  speak("polite", text)
  next = performance.now() + 5000
  setTimeout(flush, 5000)
}

function speak(how: string, text: string): void {
  const region = one(`[data-live="${how}"]`)
  if (!region) return
  region.textContent = ""
  requestAnimationFrame(() => (region.textContent = text))
}

/** What a person chose on this device; a browser without storage forgets it. */
export function remembered(key: string): string | null {
  try {
    return localStorage.getItem("candor." + key)
  } catch {
    return null
  }
}

export function remember(key: string, value: string): void {
  try {
    localStorage.setItem("candor." + key, value)
  } catch {
    return
  }
}

/** Replaces {name} in a text the server put into an attribute. */
export const fill = (text: string, values: Readonly<Record<string, string | number>>): string =>
  text.replace(/\{(\w+)\}/g, (_, name: string) => String(values[name] ?? ""))
