/** The body of an item's form, and back. The rules are at the top of outbox.ts. */

type Fields = Record<string, string[]>

/** The answer in a form as it is sent. */
export function answerOf(form: HTMLFormElement): string {
  const raw = form.dataset["answer"]
  if (raw !== undefined) {
    const c = form.elements.namedItem(raw)
    return c instanceof HTMLInputElement || c instanceof HTMLTextAreaElement ? c.value : ""
  }
  const fields: Fields = {}
  for (const c of form.elements) {
    const name = (c as HTMLInputElement).name
    if (!name || name.startsWith("_") || !(c instanceof HTMLInputElement || c instanceof HTMLTextAreaElement || c instanceof HTMLSelectElement)) continue
    fields[name] ??= []
  }
  for (const [name, value] of new FormData(form)) {
    if (typeof value === "string" && !name.startsWith("_")) fields[name]?.push(value.replace(/\r\n/g, "\n"))
  }
  return JSON.stringify(fields)
}

/** Puts an answer back into the form. Forms with data-answer get the event candor-restore afterwards, for their editor. */
export function restore(form: HTMLFormElement, body: string): void {
  const raw = form.dataset["answer"]
  if (raw !== undefined) {
    const c = form.elements.namedItem(raw)
    if (c instanceof HTMLInputElement || c instanceof HTMLTextAreaElement) c.value = body
  } else {
    const fields = JSON.parse(body) as Fields
    const left: Fields = Object.fromEntries(Object.entries(fields).map(([k, v]) => [k, [...v]]))
    for (const c of form.elements) {
      if (!(c instanceof HTMLInputElement || c instanceof HTMLTextAreaElement || c instanceof HTMLSelectElement)) continue
      const values = left[c.name]
      if (!values || c.name.startsWith("_")) continue
      if (c instanceof HTMLInputElement && (c.type === "radio" || c.type === "checkbox")) c.checked = values.includes(c.value)
      else c.value = values.shift() ?? ""
    }
  }
  form.dispatchEvent(new CustomEvent("candor-restore", { detail: body, bubbles: true }))
}

/** Says whether the form still holds what the server drew. Item forms carry autocomplete="off", so no browser fills in an old life's. */
export function pristine(form: HTMLFormElement): boolean {
  return [...form.elements].every((c) => {
    if (c instanceof HTMLInputElement) return c.checked === c.defaultChecked && (c.type === "checkbox" || c.type === "radio" || c.value === c.defaultValue)
    if (c instanceof HTMLTextAreaElement) return c.value === c.defaultValue
    return true
  })
}
