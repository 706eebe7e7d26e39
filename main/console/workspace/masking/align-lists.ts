/**
 * Which entry of a list was which entry of the list before an edit, when both are known only by
 * digests. Equal entries are paired, in order where they can be; between two such pairs, as many
 * changed entries as there were before are the same ones, changed. What is ambiguous is paired
 * with nothing.
 */

/** Entries of both lists multiplied; beyond it only equal beginnings and ends are paired. */
const MAX_CELLS = 250_000

/**
 * For each entry of `now` the index in `before`, or null.
 * `isAmbiguous` tells of a digest whether its entries differ in what the digest does not show:
 * when the number of those has changed, nobody knows which one went.
 */
export function alignLists(
  before: readonly string[],
  now: readonly string[],
  isAmbiguous: (digest: string) => boolean
): readonly (number | null)[] {
  const lost = ambiguousDigests(before, now, isAmbiguous)
  const anchors = equalPairs(before, now, lost)
  const partners = new Map<number, number>(anchors.map(([b, n]) => [n, b]))
  const taken = new Set(partners.values())
  const isFree = (b: number): boolean => !taken.has(b)
  // What moved is equal all the same.
  for (const [n, digest] of now.entries()) {
    if (partners.has(n) || lost.has(digest)) continue
    const moved = before.findIndex((one, b) => one === digest && isFree(b))
    if (moved === -1) continue
    partners.set(n, moved)
    taken.add(moved)
  }
  let start: Pair = [0, 0]
  for (const [b, n] of [...anchors, [before.length, now.length] as const]) {
    const left = range(start[0], b).filter(isFree)
    const changed = range(start[1], n).filter((index) => !partners.has(index))
    if (left.length === changed.length) {
      for (const [k, index] of changed.entries()) partners.set(index, left[k]!)
    }
    start = [b + 1, n + 1]
  }
  return now.map((digest, n) => (lost.has(digest) ? null : (partners.get(n) ?? null)))
}

function range(start: number, end: number): readonly number[] {
  return Array.from({ length: Math.max(0, end - start) }, (_, k) => start + k)
}

function ambiguousDigests(
  before: readonly string[],
  now: readonly string[],
  isAmbiguous: (digest: string) => boolean
): ReadonlySet<string> {
  const count = (list: readonly string[], digest: string): number =>
    list.filter((one) => one === digest).length
  const shared = new Set(now.filter((digest) => before.includes(digest)))
  return new Set(
    [...shared].filter(
      (digest) => isAmbiguous(digest) && count(before, digest) !== count(now, digest)
    )
  )
}

type Pair = readonly [before: number, now: number]

/** Index pairs of equal entries, growing in both. */
function equalPairs(
  before: readonly string[],
  now: readonly string[],
  lost: ReadonlySet<string>
): readonly Pair[] {
  const isEqual = (b: number, n: number): boolean => before[b] === now[n] && !lost.has(now[n]!)
  const shorter = Math.min(before.length, now.length)
  let head = 0
  while (head < shorter && isEqual(head, head)) head++
  let tail = 0
  while (tail < shorter - head && isEqual(before.length - 1 - tail, now.length - 1 - tail)) tail++
  const middle = longestCommon(
    { start: head, length: before.length - head - tail },
    { start: head, length: now.length - head - tail },
    isEqual
  )
  const heads = Array.from({ length: head }, (_, k): Pair => [k, k])
  const tails = Array.from({ length: tail }, (_, k): Pair => [
    before.length - tail + k,
    now.length - tail + k
  ])
  return [...heads, ...middle, ...tails]
}

interface Slice {
  readonly start: number
  readonly length: number
}

/** The longest common subsequence, by the usual table. */
function longestCommon(
  before: Slice,
  now: Slice,
  isEqual: (b: number, n: number) => boolean
): readonly Pair[] {
  if (before.length * now.length > MAX_CELLS) return []
  const width = now.length + 1
  const lengths = new Uint32Array((before.length + 1) * width)
  for (let b = before.length - 1; b >= 0; b--) {
    for (let n = now.length - 1; n >= 0; n--) {
      const longest = isEqual(before.start + b, now.start + n)
        ? 1 + lengths[(b + 1) * width + n + 1]!
        : Math.max(lengths[(b + 1) * width + n]!, lengths[b * width + n + 1]!)
      lengths[b * width + n] = longest
    }
  }
  const pairs: Pair[] = []
  for (let b = 0, n = 0; b < before.length && n < now.length;) {
    if (isEqual(before.start + b, now.start + n)) pairs.push([before.start + b++, now.start + n++])
    else if (lengths[(b + 1) * width + n]! >= lengths[b * width + n + 1]!) b++
    else n++
  }
  return pairs
}
