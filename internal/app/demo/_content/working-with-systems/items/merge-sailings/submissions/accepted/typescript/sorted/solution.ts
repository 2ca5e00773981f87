export function merge(sailings: number[][]): number[][] {
  const taken: number[][] = []
  for (const [arrives, leaves] of [...sailings].sort((a, b) => a[0]! - b[0]!) as [number, number][]) {
    const last = taken.at(-1)
    if (last && arrives <= last[1]!) last[1] = Math.max(last[1]!, leaves)
    else taken.push([arrives, leaves])
  }
  return taken
}
