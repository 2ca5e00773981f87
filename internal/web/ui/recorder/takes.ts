import { one } from "@web/dom"
import { clock } from "./device"
import { whole, type Store } from "./slices"

/** A line of the list of takes, for one that the server does not list yet. */
export function row(id: string, called: string, where: string): HTMLElement {
  const li = document.createElement("li")
  li.className = "take-row take"
  li.dataset["localTake"] = id
  const thumb = document.createElement("span")
  thumb.className = "thumb live"
  const text = document.createElement("span")
  text.className = "take-text"
  const name = document.createElement("b")
  name.className = "strong"
  name.textContent = called
  const state = document.createElement("span")
  state.className = "small take-state num"
  state.textContent = where
  text.append(name, state)
  li.append(thumb, text)
  return li
}

/** A take that is not there yet, or whose file is still being made, plays from this device. */
export async function playHere(store: Store | undefined, details: HTMLElement): Promise<void> {
  const video = one<HTMLVideoElement>("video[data-play]", details)
  if (!video || video.src !== "" || !(details as HTMLDetailsElement).open) return
  const t = await store?.take(video.dataset["play"] ?? "")
  if (store && t && t.bytes > 0) video.src = URL.createObjectURL(await whole(store, t.id, t.type))
}

/** Puts the place where a take plays at the beginning of a new line of what is said in it. */
export function stamp(id: string): void {
  const area = document.getElementById("said-" + id)
  const video = one<HTMLVideoElement>(`video[data-play="${id}"]`)
  if (!(area instanceof HTMLTextAreaElement)) return
  const at = area.selectionStart
  const line = (at > 0 && area.value[at - 1] !== "\n" ? "\n" : "") + clock(video?.currentTime ?? 0) + " "
  area.setRangeText(line, at, at, "end")
  area.dispatchEvent(new Event("input", { bubbles: true }))
  area.focus()
}
