const lines = require("fs").readFileSync(0, "utf8").split("\n").filter(Boolean)
const [count, length] = lines[0].split(" ").map(Number)
const lanes = Array.from({length: count}, () => ({cars: [], first: 0, taken: 0}))
const aboard = new Set()
const GAP = 30

function check([what, laneText, plate, sizeText]) {
  const lane = lanes[Number(laneText) - 1]
  if (!lane) return "lane"
  const waiting = lane.cars.length - lane.first
  if (what === "on") {
    const need = Number(sizeText) + (waiting ? GAP : 0)
    if (lane.taken + need > length) return "room"
    if (aboard.has(plate)) return "twice"
    lane.cars.push({plate, size: Number(sizeText)})
    lane.taken += need
    aboard.add(plate)
    return
  }
  if (!waiting || lane.cars[lane.first].plate !== plate) return "order"
  lane.taken -= lane.cars[lane.first].size + (waiting > 1 ? GAP : 0)
  lane.first++
  aboard.delete(plate)
}

const out = []
lines.slice(1).forEach((line, i) => {
  const reason = check(line.split(" "))
  if (reason) out.push(`${i + 1}: ${reason}`)
})
console.log(out.join("\n") || "ok")
