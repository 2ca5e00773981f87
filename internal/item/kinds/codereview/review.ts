/** A review as it is kept: the body of answer.go. Knows no page. */
export interface Place {
  readonly file: string
  readonly side: string // "old", or "" for the new one
  readonly line: number
}

export interface Comment extends Place {
  readonly id: string
  readonly tone: string
  readonly text: string
}

export interface Review {
  readonly verdict: string
  readonly summary: string
  readonly comments: readonly Comment[]
  readonly drafts: readonly Comment[]
  readonly viewed: readonly string[]
  readonly split?: boolean
}

/** Reads what the server or this device kept; what is left out there is empty here. */
export function parse(body: string): Review {
  const empty: Review = { verdict: "", summary: "", comments: [], drafts: [], viewed: [] }
  try {
    const got = JSON.parse(body) as Partial<Review>
    const whole = (list: readonly Partial<Comment>[] | undefined): Comment[] =>
      (list ?? []).map((c) => ({ id: c.id ?? "", file: c.file ?? "", side: c.side ?? "", line: c.line ?? 0, tone: c.tone ?? "must", text: c.text ?? "" }))
    return { ...empty, ...got, comments: whole(got.comments), drafts: whole(got.drafts), viewed: got.viewed ?? [] }
  } catch {
    return empty
  }
}

const same = (a: Comment, b: Comment): boolean => a.file === b.file && at(a) === at(b) && a.id === b.id

/** What is kept of it: forms that were opened and have nothing new in them are not. */
export function body(r: Review): string {
  const said = (d: Comment): boolean => (d.id === "" ? d.text.trim() !== "" : !r.comments.some((c) => same(c, d) && c.text === d.text && c.tone === d.tone))
  return JSON.stringify({ ...r, drafts: r.drafts.filter(said) })
}

/** The end of a line's anchor: "L27" of the new side, "R19" of the old one. */
export const at = (p: Place): string => (p.side === "old" ? "R" : "L") + p.line

/** Keeps what is being typed; an empty text is no draft unless its form was just opened. */
export function draftAt(r: Review, c: Comment, opened = false): Review {
  const there = r.drafts.some((d) => same(d, c))
  if (there) return { ...r, drafts: r.drafts.map((d) => (same(d, c) ? c : d)) }
  return opened || c.text !== "" ? { ...r, drafts: [...r.drafts, c] } : r
}

/** Adds a comment, or changes the one it is of. */
export function add(r: Review, c: Comment): Review {
  if (c.id !== "" && r.comments.some((o) => o.id === c.id)) return { ...r, comments: r.comments.map((o) => (o.id === c.id ? c : o)) }
  let n = r.comments.length + 1
  while (r.comments.some((o) => o.id === "c" + n)) n++
  return { ...r, comments: [...r.comments, { ...c, id: "c" + n }] }
}

/** Takes a comment back, with what was being typed of it. */
export const remove = (r: Review, id: string): Review => ({ ...r, comments: r.comments.filter((c) => c.id !== id), drafts: r.drafts.filter((d) => d.id !== id) })
