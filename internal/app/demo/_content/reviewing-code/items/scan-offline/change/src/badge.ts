import type { Passenger } from "./api.js"

/** The corner of the screen: how many scans wait, and who came last. */
export function badge(n: number, last?: Passenger): void {
  const el = document.querySelector<HTMLElement>("#badge")
  if (el == null) return // neither null nor undefined
  el.hidden = n === 0 && last == null
  el.innerHTML = `<b>${n}</b> waiting` + (last ? `, last: ${last.name}` : "")
}
