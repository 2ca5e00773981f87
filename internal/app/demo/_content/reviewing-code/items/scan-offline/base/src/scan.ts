import { send, type Passenger } from "./api.js"
import { show } from "./passenger.js"

export interface Scan {
  readonly ticket: string
  readonly sailing: string
  readonly at: number // milliseconds
}

export interface Settings {
  readonly base: string
  readonly token: string
  readonly sailing: string
}

/** Is called with each ticket that the camera reads. */
export async function scanned(settings: Settings, ticket: string): Promise<Passenger> {
  const scan: Scan = { ticket, sailing: settings.sailing, at: Date.now() }
  const passenger = await send(settings.base, settings.token, scan)
  show(passenger)
  return passenger
}
