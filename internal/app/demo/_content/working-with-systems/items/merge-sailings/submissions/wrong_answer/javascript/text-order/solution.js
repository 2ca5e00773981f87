export function merge(sailings) {
  const taken = []
  for (const [arrives, leaves] of [...sailings].sort()) {
    const last = taken.at(-1)
    if (last && arrives <= last[1]) last[1] = Math.max(last[1], leaves)
    else taken.push([arrives, leaves])
  }
  return taken
}
