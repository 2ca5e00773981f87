import {readFileSync} from "node:fs"

const GAP = 30

type Reason = "lane" | "room" | "twice" | "order"

/** A lane is a queue; `first` moves instead of the cars. */
class Lane {
  private cars: {plate: string; size: number}[] = []
  private first = 0
  private taken = 0

  constructor(private readonly length: number) {}

  private get waiting(): number {
    return this.cars.length - this.first
  }

  on(plate: string, size: number, aboard: Set<string>): Reason | undefined {
    const need = size + (this.waiting > 0 ? GAP : 0)
    if (this.taken + need > this.length) return "room"
    if (aboard.has(plate)) return "twice"
    this.cars.push({plate, size})
    this.taken += need
    aboard.add(plate)
    return undefined
  }

  off(plate: string, aboard: Set<string>): Reason | undefined {
    const car = this.cars[this.first]
    if (car?.plate !== plate) return "order"
    this.first++
    this.taken -= car.size + (this.waiting > 0 ? GAP : 0)
    aboard.delete(plate)
    return undefined
  }
}

const [head, ...events] = readFileSync(0, "utf8").trimEnd().split("\n")
const [count, length] = head!.split(" ").map(Number) as [number, number]
const lanes = Array.from({length: count}, () => new Lane(length))
const aboard = new Set<string>()

function check(line: string): Reason | undefined {
  const [what, at, plate, size] = line.split(" ") as [string, string, string, string?]
  const lane = lanes[Number(at) - 1]
  if (!lane) return "lane"
  return what === "on" ? lane.on(plate, Number(size), aboard) : lane.off(plate, aboard)
}

const impossible = events.flatMap((line, i) => {
  const reason = check(line)
  return reason ? [`${i + 1}: ${reason}`] : []
})
console.log(impossible.join("\n") || "ok")
