import type { Kept } from "./outbox"

/**
 * What a page that is being left hands to the next one of this browser. It is written at once, in the last moment there is, and holds two things
 * that the outbox cannot: versions whose way to the device's database was not over, and the newest version of each answer that the server has taken
 * from this page. The next page may have been asked for before that one arrived, and shows an older answer then; the revision tells.
 */
export interface Left {
  readonly waiting: readonly Omit<Kept, "sha256" | "tried">[]
  readonly taken: readonly Taken[]
}

export interface Taken {
  readonly sitting: string
  readonly epoch: number
  readonly item: string
  readonly body: string
  readonly revision: number // the number of its revision, as the server said
}

const PREFIX = "candor.left."

/** Without room for all of it what waits comes first; without any, the outbox has what it has. */
export function leave(client: string, left: Left): void {
  for (const l of [left, { ...left, taken: [] }]) {
    if (l.waiting.length + l.taken.length === 0) return
    try {
      return localStorage.setItem(PREFIX + client, JSON.stringify(l))
    } catch {
      continue
    }
  }
}

/** The page goes on after all. */
export function stay(client: string): void {
  try {
    localStorage.removeItem(PREFIX + client)
  } catch {
    return
  }
}

/** What the pages before this one left. It is here until taken says that it is safe elsewhere. */
export function found(): { readonly left: Left; taken(): void }[] {
  try {
    return Object.keys(localStorage)
      .filter((k) => k.startsWith(PREFIX))
      .map((k) => ({ left: JSON.parse(localStorage.getItem(k) ?? '{"waiting":[],"taken":[]}') as Left, taken: () => localStorage.removeItem(k) }))
  } catch {
    return []
  }
}
