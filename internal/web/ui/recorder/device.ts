/** What the device gives: streams, how loud it is, and which sort of recording it can make. */

/** What was refused or is not there, as a key of the page's texts. */
export type Trouble = "refused" | "no_device" | "busy" | "unsupported" | "no_screen"

export function trouble(e: unknown, way: string): Trouble {
  const name = e instanceof DOMException ? e.name : ""
  if (name === "NotAllowedError" || name === "SecurityError") return way === "screen" ? "no_screen" : "refused"
  if (name === "NotFoundError" || name === "OverconstrainedError") return "no_device"
  if (name === "NotReadableError" || name === "AbortError") return "busy"
  return "unsupported"
}

const voice = { echoCancellation: true, noiseSuppression: true, autoGainControl: true }

/** Asks for what a way needs, after a press. The picture keeps the device's shape, upright too. */
export async function stream(way: string): Promise<MediaStream> {
  if (way === "sound") return navigator.mediaDevices.getUserMedia({ audio: voice })
  if (way === "video") return navigator.mediaDevices.getUserMedia({ audio: voice, video: { width: { ideal: 1280, max: 1280 }, height: { ideal: 720, max: 1280 }, frameRate: { max: 30 }, facingMode: "user" } })
  const screen = await navigator.mediaDevices.getDisplayMedia({ video: { frameRate: { max: 15 } }, audio: false })
  try {
    const sound = await navigator.mediaDevices.getUserMedia({ audio: voice })
    return new MediaStream([...screen.getVideoTracks(), ...sound.getAudioTracks()])
  } catch (e) {
    screen.getTracks().forEach((t) => t.stop())
    throw e
  }
}

/** The first type that this browser records; "" leaves it to the browser. Cheap to encode comes first. */
export function typeFor(way: string): string {
  const wish = way === "sound" ? ["audio/webm;codecs=opus", "audio/mp4"] : ["video/webm;codecs=vp8,opus", "video/webm", "video/mp4"]
  return wish.find((t) => MediaRecorder.isTypeSupported(t)) ?? ""
}

/** How loud a stream is, 0 to 1 (root mean square). */
export class Loudness {
  private readonly context = new AudioContext()
  private readonly analyser = this.context.createAnalyser()
  private readonly samples = new Uint8Array(1024)

  constructor(of: MediaStream) {
    this.analyser.fftSize = 1024
    this.context.createMediaStreamSource(of).connect(this.analyser)
  }

  get now(): number {
    this.analyser.getByteTimeDomainData(this.samples)
    let sum = 0
    for (const x of this.samples) sum += ((x - 128) / 128) ** 2
    return Math.sqrt(sum / this.samples.length)
  }

  close(): void {
    void this.context.close()
  }
}

/** m:ss of seconds. */
export const clock = (s: number): string => `${Math.floor(s / 60)}:${String(Math.floor(s) % 60).padStart(2, "0")}`
