/** How well something answers to what was typed in the palette. */

export interface Findable {
  readonly title: string
  readonly keywords: readonly string[]
}

/** Weights: the beginning of a word of the title, of a keyword, anywhere in the title. */
const TITLE_START = 4
const KEYWORD_START = 2
const INSIDE = 1

/** 0 = no match: every typed word must be found. Nothing typed matches everything alike. */
export function matchScore(query: string, { title, keywords }: Findable): number {
  const typed = wordsOf(query)
  if (typed.length === 0) return 1
  const titleWords = wordsOf(title)
  const otherWords = keywords.flatMap(wordsOf)
  let score = 0
  for (const word of typed) {
    const found = wordScore(word, title.toLowerCase(), titleWords, otherWords)
    if (found === 0) return 0
    score += found
  }
  // The same words at the start of the title come first.
  return score + (title.toLowerCase().startsWith(query.trim().toLowerCase()) ? TITLE_START : 0)
}

/** Best first; equals stay in their order. */
export function ranked<Item extends Findable>(query: string, items: readonly Item[]): Item[] {
  return items
    .map((item) => ({ item, score: matchScore(query, item) }))
    .filter(({ score }) => score > 0)
    .sort((one, other) => other.score - one.score)
    .map(({ item }) => item)
}

function wordScore(
  word: string,
  title: string,
  titleWords: readonly string[],
  otherWords: readonly string[]
): number {
  if (titleWords.some((one) => one.startsWith(word))) return TITLE_START
  if (otherWords.some((one) => one.startsWith(word))) return KEYWORD_START
  return title.includes(word) ? INSIDE : 0
}

function wordsOf(text: string): string[] {
  return text
    .toLowerCase()
    .split(/[\s,/…]+/)
    .filter(Boolean)
}
