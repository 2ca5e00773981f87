import { all, announce, one } from "./dom"

/** Swaps: a link or form with data-swap="id" replaces that element by the same element of the answer; without script it is a page. */
const html = (window as { trustedTypes?: { createPolicy(n: string, r: { createHTML(s: string): string }): { createHTML(s: string): string } } }).trustedTypes?.createPolicy("candor", { createHTML: (s) => s })

export function parse(text: string): Document {
  return new DOMParser().parseFromString((html ? html.createHTML(text) : text) as string, "text/html")
}

/** The page that is shown, as its address says without its place. */
const page = (): string => location.pathname + location.search
let shown = page()

/** When what stands in each element was asked for, counted in swaps: an answer that was asked for earlier is older than it. */
const standing = new Map<string, number>()
let asked = 0

/**
 * Replaces an element by the same one of the answer. It fails where the server is not reached; the page stays as it is then. An answer
 * that looks only (no push, no init) is left out when what stands there was asked for later, or came by an act while it was on its way;
 * false says so, and a look may be worth another one.
 */
export async function swap(url: string, id: string, init?: RequestInit, push = true): Promise<boolean> {
  const looks = !push && !init
  const mine = ++asked
  const r = await fetch(url, { headers: { Accept: "text/html" }, ...init })
  const fresh = parse(await r.text())
  if (looks && (standing.get(id) ?? 0) > mine) return false
  const target = document.getElementById(id) // now and not before: another swap may have put a new one there
  const piece = fresh.getElementById(id)
  if (!target || !piece) {
    location.href = r.url
    return true
  }
  standing.set(id, looks ? mine : ++asked)
  const focus = document.activeElement?.id
  target.replaceWith(document.adoptNode(piece))
  const toasts = one("[data-toasts]", fresh)
  if (toasts?.childElementCount) one("[data-toasts]")?.replaceWith(document.adoptNode(toasts))
  document.title = fresh.title
  if (push && (!init || r.redirected)) history.pushState({ swap: id }, "", r.url)
  shown = page()
  const again = focus ? document.getElementById(focus) : null
  // the focus stays where it is; when its element went away, it goes to the same one of the new piece or to its heading
  if (document.activeElement === document.body || document.activeElement === null) (again ?? one("[tabindex='-1'],h1,h2,h3", piece) ?? piece).focus({ preventScroll: true })
  announce(one("[data-say]", piece)?.textContent ?? fresh.title)
  document.dispatchEvent(new CustomEvent("candor-swapped"))
  return true
}

function clicked(e: MouseEvent): void {
  const at = e.target as Element
  const link = at.closest<HTMLAnchorElement>("a[data-swap]")
  if (link && !e.ctrlKey && !e.metaKey && !e.shiftKey && e.button === 0) {
    e.preventDefault()
    void swap(link.href, link.dataset["swap"] ?? "").catch(() => (location.href = link.href))
  }
  const opener = at.closest<HTMLElement>("[data-dialog]")
  const dialog = opener && document.getElementById(opener.dataset["dialog"] ?? "")
  if (dialog instanceof HTMLDialogElement) {
    e.preventDefault()
    dialog.showModal()
    one("[autofocus],h2", dialog)?.focus()
  }
  at.closest("[data-close]")?.closest("dialog")?.close()
  const copy = at.closest<HTMLElement>("[data-copy]")
  if (copy) void navigator.clipboard.writeText(copy.dataset["copy"] ?? "").then(() => announce(copy.dataset["copied"] ?? "Copied."))
  at.closest("[data-dismiss]")?.closest(".toast")?.remove()
  if (at.closest("[data-print]")) print()
  for (const m of all<HTMLDetailsElement>("details.menu[open]")) m.contains(at) || (m.open = false)
}

function submitted(e: SubmitEvent): void {
  const form = e.target as HTMLFormElement
  const by = e.submitter
  if (form.dataset["busy"] !== undefined && form.method === "post") return e.preventDefault()
  if (form.method === "post") {
    form.dataset["busy"] = ""
    by?.setAttribute("aria-busy", "true")
    setTimeout(() => idle(form), 15_000)
  }
  const id = (by as HTMLElement | null)?.dataset["swap"] ?? form.dataset["swap"]
  if (id === undefined || e.defaultPrevented) return
  e.preventDefault()
  const body = new FormData(form, by)
  const action = (by as HTMLButtonElement | null)?.getAttribute("formaction") ?? form.action
  const fields = new URLSearchParams([...body].map(([k, v]) => [k, String(v)]))
  const done = form.method === "post" ? swap(action, id, { method: "POST", body: fields }) : swap(action.split("?")[0] + "?" + String(fields), id)
  void done.catch(() => unreached(id)).then(() => idle(form))
}

/** Says where the answer would have come that none came. What was typed stays where it is. */
function unreached(id: string): void {
  const text = "We could not reach the server. What you wrote is kept; try again in a moment."
  const place = document.querySelector(`#${CSS.escape(id)} [data-say]`)
  if (place) place.textContent = text
  announce(text)
}

function idle(form: HTMLFormElement): void {
  delete form.dataset["busy"]
  for (const b of all("[aria-busy]", form)) b.removeAttribute("aria-busy")
}

/** Toasts without an action leave after 8 s, not while somebody points at or stands in them. */
function toasts(): void {
  for (const t of all(".toast:not([data-armed])")) {
    t.dataset["armed"] = ""
    all("[data-dismiss]", t).forEach((b) => (b.hidden = false))
    if (one("form", t)) continue
    const leave = (): void => {
      if (t.matches(":hover, :focus-within")) setTimeout(leave, 2000)
      else t.remove()
    }
    setTimeout(leave, 8000)
  }
}

export function startPage(): void {
  document.addEventListener("click", clicked)
  document.addEventListener("submit", submitted)
  document.addEventListener("candor-swapped", toasts)
  document.addEventListener("keydown", (e) => {
    const menu = e.key === "Escape" ? one<HTMLDetailsElement>("details.menu[open]") : null
    if (!menu) return
    menu.open = false
    one("summary", menu)?.focus()
  })
  addEventListener("popstate", () => page() === shown || location.reload()) // a place of the page itself is no other page
  addEventListener("pageshow", (e) => e.persisted && all<HTMLFormElement>("form[data-busy]").forEach(idle))
  one("[data-focus]")?.focus()
  toasts()
}
