/** What makes one version of an answer of the one before: del units at at are replaced by ins. Units are UTF-16. */
export interface Op {
  readonly at: number
  readonly del: number
  readonly ins: string
}

const high = (s: string, i: number): boolean => (s.charCodeAt(i) & 0xfc00) === 0xd800
const low = (s: string, i: number): boolean => (s.charCodeAt(i) & 0xfc00) === 0xdc00

/** The one change between two versions: what they begin and end with alike stays. No pair of surrogates is cut. */
export function change(before: string, after: string): Op {
  const most = Math.min(before.length, after.length)
  let at = 0
  while (at < most && before.charCodeAt(at) === after.charCodeAt(at)) at++
  if (at > 0 && high(before, at - 1)) at--
  let same = 0
  while (same < most - at && before.charCodeAt(before.length - 1 - same) === after.charCodeAt(after.length - 1 - same)) same++
  if (same > 0 && low(before, before.length - same)) same--
  return { at, del: before.length - same - at, ins: after.slice(at, after.length - same) }
}

const LEAST = 4096 // characters; what is smaller goes whole

/** The ops that make a large version of the one before, where they are much smaller than it. */
export function delta(before: string | undefined, after: string): readonly Op[] | undefined {
  if (before === undefined || after.length < LEAST) return undefined
  const op = change(before, after)
  return op.ins.length <= after.length / 3 ? [op] : undefined
}
