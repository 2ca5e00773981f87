import { all, announce, one } from "@web/dom"

/** The head's checkbox selects the page's rows, and the bulk bar says how many are selected. Without it the rows' own boxes do. */
function count(name: string): void {
  const boxes = all<HTMLInputElement>(`input[type=checkbox][name="${CSS.escape(name)}"]`)
  const n = boxes.filter((b) => b.checked).length
  const head = one<HTMLInputElement>(`[data-all="${CSS.escape(name)}"]`)
  if (head) {
    head.checked = n > 0 && n === boxes.length
    head.indeterminate = n > 0 && n < boxes.length
  }
  const bar = one(`[data-bulk="${CSS.escape(name)}"]`)
  if (!bar) return
  const elsewhere = Number(bar.dataset["elsewhere"] ?? 0) // ticked on other pages
  const shown = !bar.hidden
  bar.hidden = n + elsewhere === 0
  bar.dataset["ready"] = ""
  const words = elsewhere > 0 ? `${n + elsewhere} selected, ${elsewhere} on other pages` : `${n} selected`
  const label = one("[data-bulk-count]", bar)
  if (label) label.textContent = words
  if (!shown && !bar.hidden) announce(`${words}. Actions are after the table.`)
}

document.addEventListener("change", (e) => {
  const box = e.target
  if (!(box instanceof HTMLInputElement) || box.type !== "checkbox") return
  const head = box.dataset["all"]
  if (head !== undefined) for (const b of all<HTMLInputElement>(`input[type=checkbox][name="${CSS.escape(head)}"]`)) b.checked = box.checked
  count(head ?? box.name)
})
for (const h of all("[data-all]")) count(h.dataset["all"] ?? "")
