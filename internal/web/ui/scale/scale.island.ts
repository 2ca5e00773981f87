import { one } from "@web/dom"

/** Keys 1 to 9 choose a level while the focus is inside its group, but not while somebody types. */
document.addEventListener("keydown", (e) => {
  const at = e.target
  if (!(at instanceof Element) || e.ctrlKey || e.metaKey || e.altKey || !/^[1-9]$/.test(e.key)) return
  if (at instanceof HTMLTextAreaElement || (at instanceof HTMLInputElement && at.type !== "radio")) return
  const group = at.closest("[data-scale]")
  const level = group && one<HTMLInputElement>(`.scale input[value="${e.key}"]`, group)
  if (!level || level.disabled) return
  e.preventDefault()
  level.checked = true
  level.focus()
  level.dispatchEvent(new Event("change", { bubbles: true }))
})
