import type { Scan } from "./scan.js"

export interface Passenger {
  readonly name: string
  readonly seat: string
  readonly mayBoard: boolean
}

/** Says who a ticket belongs to, and that it was scanned. The server takes the same scan twice without harm. */
export async function send(base: string, token: string, scan: Scan): Promise<Passenger> {
  const address = `${base}/scans?token=${token}`
  console.log("sending", address, scan.ticket)
  const r = await fetch(address, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(scan),
  })
  if (!r.ok) throw new Error(`the server answers ${r.status}`)
  return (await r.json()) as Passenger
}
