/** The one suggestion of "did you mean": optimal string alignment, as spelling checkers use it. */

/**
 * The candidate with the fewest insertions, deletions, substitutions and swaps of
 * neighbours, if these are at most a third of the word (at least one, at most three).
 * Case, dashes and underscores do not count. The first of equals wins.
 */
export function nearestName(word: string, candidates: Iterable<string>): string | undefined {
  const plain = simplify(word)
  if (plain.length > 64) return undefined
  const limit = Math.min(3, Math.max(1, Math.floor(plain.length / 3)))
  let best: string | undefined
  let bestDistance = limit + 1
  for (const candidate of candidates) {
    const distance = editDistance(plain, simplify(candidate))
    if (distance < bestDistance) {
      best = candidate
      bestDistance = distance
    }
  }
  return best
}

function simplify(word: string): string {
  return word.toLowerCase().replaceAll(/[-_\s]/g, '')
}

/** Three rows suffice, because a swap looks back two rows at most. */
function editDistance(a: string, b: string): number {
  let beforeLast: number[] = []
  let last = Array.from({ length: b.length + 1 }, (_, column) => column)
  for (let row = 1; row <= a.length; row++) {
    const current = [row]
    for (let column = 1; column <= b.length; column++) {
      const substitution = last[column - 1]! + (a[row - 1] === b[column - 1] ? 0 : 1)
      let cost = Math.min(substitution, last[column]! + 1, current[column - 1]! + 1)
      const isSwap =
        row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1]
      if (isSwap) cost = Math.min(cost, beforeLast[column - 2]! + 1)
      current.push(cost)
    }
    beforeLast = last
    last = current
  }
  return last[b.length]!
}
