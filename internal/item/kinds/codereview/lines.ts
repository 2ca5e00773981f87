import { all, one } from "@web/dom"

/** The rows of a diff that are lines. */
export const LINE = "[data-diff] table.diff > tbody > tr:not(.thread):not(.h)"

/** The address of a row: its new line's, or the old one's where it was removed. */
export const idOf = (row: HTMLTableRowElement): string => all("td.g[id]", row).at(-1)?.id ?? ""

/** The current line of a diff, and how the keyboard gets from one to another. The current one is in the tab order, alone. */
export class Lines {
  row: HTMLTableRowElement | undefined

  /** came is told which line became the current one. */
  constructor(
    private readonly root: HTMLElement,
    private readonly came: (row: HTMLTableRowElement) => void,
  ) {}

  readonly keys: Readonly<Record<string, () => void>> = {
    j: () => this.step(1, () => true),
    k: () => this.step(-1, () => true),
    n: () => this.step(1, begins),
    p: () => this.step(-1, begins),
    "]": () => this.file(1),
    "[": () => this.file(-1),
    e: () => this.unfold(),
  }

  private rows(): HTMLTableRowElement[] {
    return all<HTMLTableRowElement>(LINE, this.root)
  }

  /** One line of the diff is in the tab order: the current one. */
  roving(): void {
    for (const a of all("[data-diff] td a", this.root)) if (!a.closest("tr.h,tr.thread")) a.tabIndex = -1
    const first = this.row?.isConnected ? this.row : this.rows()[0]
    const link = first && one("td.g a", first)
    if (link) link.tabIndex = 0
  }

  mark(row: HTMLTableRowElement): void {
    if (this.row?.isConnected) {
      this.row.removeAttribute("aria-current")
      for (const a of all("a", this.row)) a.tabIndex = -1
    } else {
      const first = this.rows()[0]
      if (first) for (const a of all("a", first)) a.tabIndex = -1
    }
    this.row = row
    row.setAttribute("aria-current", "true")
    this.came(row)
    for (const a of all("a", row)) a.tabIndex = 0
  }

  go(row: HTMLTableRowElement | undefined): void {
    const link = row && one(`#${CSS.escape(idOf(row))} a`, row)
    if (!row || !link) return
    this.mark(row)
    link.focus({ preventScroll: true })
    row.scrollIntoView({ block: "nearest" })
  }

  readonly focused = (e: FocusEvent): void => {
    const row = (e.target as Element).closest<HTMLTableRowElement>(LINE)
    if (row && row !== this.row) this.mark(row)
  }

  private step(by: number, fits: (r: HTMLTableRowElement, before: HTMLTableRowElement | undefined) => boolean): void {
    const rows = this.rows()
    let i = this.row ? rows.indexOf(this.row) : -1
    for (i += by; i >= 0 && i < rows.length; i += by) {
      const r = rows[i]
      if (r && fits(r, rows[i - 1])) return this.go(r)
    }
  }

  current(): HTMLElement | null {
    return (this.row?.isConnected ? this.row : document.activeElement)?.closest<HTMLElement>("section.file") ?? null
  }

  private file(by: number): void {
    const list = all("section.file", this.root)
    const now = document.activeElement?.closest<HTMLElement>("section.file") ?? this.current()
    const next = list[(now ? list.indexOf(now) : -1) + by]
    if (!next) return
    const row = one<HTMLTableRowElement>("table.diff > tbody > tr:is(.a,.d,.p):not(.thread)", next)
    if (row) this.go(row)
    else (one("[data-show]", next) ?? next).focus()
    next.scrollIntoView({ block: "start" })
  }

  /** The fold nearest below the line, or above it. */
  private unfold(): void {
    const s = this.current()
    if (!s || !this.row) return
    const folds = all<HTMLAnchorElement>("a[data-fold]", s)
    const below = folds.find((a) => (this.row?.compareDocumentPosition(a) ?? 0) & Node.DOCUMENT_POSITION_FOLLOWING)
    const anchor = idOf(this.row)
    document.addEventListener("candor-swapped", () => this.go(document.getElementById(anchor)?.closest("tr") ?? undefined), { once: true })
    ;(below ?? folds.at(-1))?.click()
  }
}

/** Whether a change begins in a row. */
const begins = (r: HTMLTableRowElement, before: HTMLTableRowElement | undefined): boolean => touched(r) && !(before && before.parentElement === r.parentElement && touched(before))
const touched = (r: HTMLTableRowElement): boolean => r.matches(".a,.d,.b")
