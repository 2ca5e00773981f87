import type { Scan } from "./scan.js"

export interface Passenger {
  readonly name: string
  readonly seat: string
  readonly mayBoard: boolean
}

/** Says who a ticket belongs to, and that it was scanned. The server takes the same scan twice without harm. */
export async function send(base: string, token: string, scan: Scan): Promise<Passenger> {
  const r = await fetch(`${base}/scans`, {
    method: "POST",
    headers: { "Content-Type": "application/json", Authorization: `Bearer ${token}` },
    body: JSON.stringify(scan),
  })
  if (!r.ok) throw new Error(`the server answers ${r.status}`)
  return (await r.json()) as Passenger
}
