import { all, announce, one, remembered } from "@web/dom"

/** Counts what is left to score, remembers which item is being read, and moves the focus by r, c, s and x. The form works without it. */
const form = (): HTMLFormElement | null => one<HTMLFormElement>("form[data-scorecard]")

function count(): void {
  const label = one("[data-left]")
  const left = all("[data-crit]").filter((c) => !one("input[type=radio]:checked", c)).length
  if (label) label.textContent = left === 0 ? (label.dataset["done"] ?? "") : `${left} left to score`
}

/** A level or a note given while an item is open points to that item, unless somebody chose another place. */
function point(at: Element): void {
  const box = at.closest("[data-crit]")
  const place = box && one<HTMLSelectElement>("select", box)
  const now = one("[data-item-now]")?.dataset["itemNow"] ?? ""
  if (!place || place === at || place.value !== "" || place.dataset["chosen"] !== undefined) return
  const anchor = location.hash.length > 1 ? decodeURIComponent(location.hash) : ""
  const there = anchor === "" ? null : document.getElementById(anchor.slice(1))
  if (there?.closest("#work")) {
    const value = now + anchor
    place.add(new Option(there.dataset["label"] ?? anchor.slice(1), value))
    place.value = value
  } else if (at instanceof HTMLTextAreaElement) place.value = now
}

function swapped(): void {
  const now = one("[data-item-now]")?.dataset["itemNow"]
  if (now) {
    for (const item of all<HTMLInputElement>(".scorecard input[name=item]")) item.value = now
    const other = one<HTMLAnchorElement>("[data-key=h]")
    if (other) other.href = other.href.replace(/item=[^&]*/, "item=" + encodeURIComponent(now))
  }
}

/** The ways out of a card, opened: where one says why. */
function out(): HTMLElement | null {
  const details = one<HTMLDetailsElement>("details.out")
  if (details) details.open = true
  return details && one("input[name=reason], textarea[name=reason]", details)
}

/** Where a phrase goes: where somebody wrote last, or the first criterion that is not scored, or the comment. */
let wrote: HTMLTextAreaElement | undefined
function insert(phrase: string): void {
  const open = all("[data-crit]").find((c) => !one("input[type=radio]:checked", c))
  const to = (wrote?.isConnected ? wrote : undefined) ?? (open && one<HTMLTextAreaElement>("textarea", open)) ?? one<HTMLTextAreaElement>("textarea[name=shareable]")
  if (!to) return
  const before = to.value.slice(0, to.selectionStart)
  to.focus()
  to.setRangeText((before === "" || /\s$/.test(before) ? "" : " ") + phrase, to.selectionStart, to.selectionEnd, "end")
  to.dispatchEvent(new Event("input", { bubbles: true }))
  announce("Inserted.")
}

function phrases(): HTMLElement | null {
  const details = one<HTMLDetailsElement>("details.phrases")
  if (details) details.open = true
  return details && (one("[data-phrase]", details) ?? one("a", details))
}

function ready(): void {
  for (const b of all<HTMLButtonElement>("[data-phrase]")) b.hidden = false
}

function typing(at: EventTarget | null): boolean {
  return at instanceof HTMLTextAreaElement || at instanceof HTMLSelectElement || (at instanceof HTMLInputElement && at.type !== "radio" && at.type !== "checkbox")
}

document.addEventListener("change", (e) => {
  const at = e.target
  if (!(at instanceof Element) || !form()?.contains(at)) return
  if (at instanceof HTMLSelectElement) at.dataset["chosen"] = ""
  point(at)
  count()
})
document.addEventListener("input", (e) => e.target instanceof HTMLTextAreaElement && form()?.contains(e.target) && point(e.target))
document.addEventListener("candor-swapped", swapped)
document.addEventListener("candor-swapped", ready)
document.addEventListener("focusout", (e) => {
  if (e.target instanceof HTMLTextAreaElement && form()?.contains(e.target)) wrote = e.target
})
document.addEventListener("click", (e) => {
  const phrase = (e.target as Element).closest<HTMLElement>("[data-phrase]")?.dataset["phrase"]
  if (phrase !== undefined) insert(phrase)
})
ready()
document.addEventListener("keydown", (e) => {
  if (remembered("keys") === "off" || e.ctrlKey || e.metaKey || e.altKey || typing(e.target) || one("dialog[open]")) return
  const open = all("[data-crit]").find((c) => !one("input[type=radio]:checked", c))
  const to =
    e.key === "r" && open ? one("input[type=radio]", open) : e.key === "s" ? one("[data-send]") : e.key === "x" ? out() : e.key === "i" ? phrases() : e.key === "c" ? one("textarea", (e.target as Element).closest("[data-crit]") ?? open ?? document) : null
  if (!to) return
  e.preventDefault()
  to.focus()
  to.scrollIntoView({ block: "nearest" })
})
