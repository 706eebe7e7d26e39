/** Finding by typing: every word counts, the title before the keywords, order kept among equals. */
import { describe, expect, test } from 'vitest'
import { matchScore, ranked } from './palette-search.ts'

const DRAIN = { title: 'Drain or undrain', keywords: ['disable', 'deploy'] }
const ADD = { title: 'Add a backend…', keywords: ['new', 'server'] }
const BACKEND = { title: '10.0.0.1:80', keywords: ['api', 'Down'] }

describe('matchScore', () => {
  test('matches everything alike when nothing is typed', () => {
    expect(matchScore('', DRAIN)).toBe(matchScore('  ', ADD))
    expect(matchScore('', DRAIN)).toBeGreaterThan(0)
  })

  test('needs every typed word', () => {
    expect(matchScore('drain deploy', DRAIN)).toBeGreaterThan(0)
    expect(matchScore('drain server', DRAIN)).toBe(0)
    expect(matchScore('10.0 api', BACKEND)).toBeGreaterThan(0)
  })

  test('prefers the title over a keyword, and a keyword over the inside of a word', () => {
    const title = { title: 'Weight', keywords: [] }
    const keyword = { title: 'Share', keywords: ['weight'] }
    const inside = { title: 'Overweight', keywords: [] }
    expect(ranked('weigh', [inside, keyword, title])).toEqual([title, keyword, inside])
  })

  test('does not look at capitals', () => {
    expect(matchScore('DRAIN', DRAIN)).toBe(matchScore('drain', DRAIN))
  })

  test('keeps the order of equals', () => {
    expect(ranked('', [ADD, DRAIN, BACKEND])).toEqual([ADD, DRAIN, BACKEND])
  })
})
