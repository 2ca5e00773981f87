import type { Store } from "./slices"

const name = (id: string): string => "candor-take-" + id

/** Tells other pages that this one records a take, until what it gives back is called. */
export function hold(id: string): () => void {
  let over = false
  let free = (): void => undefined
  void navigator.locks?.request(name(id), () => new Promise<void>((done) => (over ? done() : (free = done))))
  return () => {
    over = true
    free()
  }
}

/** A take whose page went away is stopped where it was cut; one without a slice has failed. A take that another page records is left alone. */
export async function recover(store: Store): Promise<void> {
  for (const t of await store.takes()) {
    if (t.state !== "recording") continue
    const stop = (): Promise<unknown> => store.put(t.id, t.slices > 0 ? { state: "stopped", cut: true } : { state: "failed" })
    if (navigator.locks) await navigator.locks.request(name(t.id), { ifAvailable: true }, (free) => (free ? stop() : undefined))
    else await stop()
  }
}
