import { all, one, remember, remembered } from "@web/dom"

const off = (): boolean => remembered("keys") === "off"

function typing(at: EventTarget | null): boolean {
  if (!(at instanceof HTMLElement)) return false
  return at.isContentEditable || at instanceof HTMLTextAreaElement || at instanceof HTMLSelectElement || (at instanceof HTMLInputElement && !["checkbox", "radio", "button", "submit"].includes(at.type))
}

document.addEventListener("keydown", (e) => {
  if (off() || e.ctrlKey || e.metaKey || e.altKey || e.key.length !== 1 || typing(e.target) || one("dialog[open]")) return
  if (e.key === "?") {
    const list = one<HTMLDetailsElement>("[data-keys]")
    if (list) {
      list.open = true
      one("summary", list)?.focus()
    }
    return
  }
  const target = one(`[data-key="${CSS.escape(e.key)}"]`)
  if (!target) return
  e.preventDefault()
  if (target instanceof HTMLInputElement && target.type !== "checkbox" && target.type !== "radio") target.focus()
  else if (target instanceof HTMLTextAreaElement) target.focus()
  else target.click()
})

for (const label of all("[data-keys-switch]")) {
  const box = one<HTMLInputElement>("input", label)
  if (!box) continue
  label.hidden = false
  box.checked = !off()
  box.addEventListener("change", () => remember("keys", box.checked ? "" : "off"))
}
