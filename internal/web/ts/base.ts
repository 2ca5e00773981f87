import { one } from "./dom"
import { startPage } from "./page"

/** Whether a candidate's page before this one left something for the outbox, see leaving.ts. */
function left(): boolean {
  try {
    return location.pathname.startsWith("/c") && Object.keys(localStorage).some((k) => k.startsWith("candor.left."))
  } catch {
    return false
  }
}

/** What every page loads. A page with work in it also gets the outbox and the clock, one with a staff draft the draft's saver. */
async function work(): Promise<void> {
  if (!one("[data-sitting],[data-outbox]") && !left()) return
  const w = await import("./work")
  w.startWork()
}

/** Loaded by pages that wait for something. */
async function refresh(): Promise<void> {
  if (one("[data-refresh],[data-topic]")) (await import("./refresh")).startRefresh()
}

/** A form that asks nobody for a time zone takes the device's. */
for (const i of document.querySelectorAll<HTMLInputElement>("input[data-guess-zone]")) i.value ||= Intl.DateTimeFormat().resolvedOptions().timeZone

startPage()
void work()
void refresh()
if (one("[data-autosave]")) void import("./draft").then((d) => d.startDrafts())
document.addEventListener("candor-swapped", () => {
  void work()
  void refresh()
})
