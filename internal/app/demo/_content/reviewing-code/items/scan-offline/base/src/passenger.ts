import type { Passenger } from "./api.js"

/** Shows who stands in front of the crew. */
export function show(p: Passenger): void {
  const el = document.querySelector("#passenger")
  if (!el) return
  el.textContent = p.mayBoard ? `${p.name}, seat ${p.seat}` : `${p.name} has no place on this sailing`
}
