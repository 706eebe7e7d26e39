/**
 * Contrast of the design tokens, computed from the CSS itself: text at least 4.5 : 1, glyphs and
 * borders of controls at least 3 : 1 (WCAG 2.2, 1.4.3 and 1.4.11), in both themes.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { colourOf, contrast, readTokens, type Theme } from './testing/token-colours.ts'

const CSS = readFileSync(join(import.meta.dirname, 'tokens.css'), 'utf8')
const STATUS = ['ok', 'warn', 'down', 'admin', 'unknown'] as const
/** Rows and panels; text of any kind may stand on them. */
const GROUNDS = ['bg-0', 'bg-1', 'bg-2'] as const

describe.each<Theme>(['dark', 'light'])('in the %s theme', (theme) => {
  const tokens = readTokens(CSS, theme)
  const ratio = (one: string, other: string): number =>
    contrast(colourOf(tokens, one), colourOf(tokens, other))

  const pairs = (ones: readonly string[], grounds: readonly string[]): [string, string][] =>
    ones.flatMap((one) => grounds.map((ground): [string, string] => [one, ground]))

  test.each(pairs(['fg-1', 'fg-2', 'fg-3', 'accent', ...STATUS], GROUNDS))(
    '%s is readable as text on %s',
    (ink, ground) => {
      expect(ratio(ink, ground)).toBeGreaterThanOrEqual(4.5)
    }
  )

  test.each(pairs(['fg-1', 'fg-2'], ['bg-3', 'selected', 'tint-warn', 'tint-down']))(
    '%s is readable as text on %s',
    (ink, ground) => {
      expect(ratio(ink, ground)).toBeGreaterThanOrEqual(4.5)
    }
  )

  test.each(pairs(STATUS, ['bg-3', 'selected', 'tint-warn', 'tint-down']))(
    'the glyph %s is seen on %s',
    (ink, ground) => {
      expect(ratio(ink, ground)).toBeGreaterThanOrEqual(3)
    }
  )

  test.each(pairs(['line-strong', 'accent'], ['bg-0', 'bg-1']))(
    'a border or a focus ring of %s is seen on %s',
    (ink, ground) => {
      expect(ratio(ink, ground)).toBeGreaterThanOrEqual(3)
    }
  )

  test('the primary button and the mark of production are readable', () => {
    expect(ratio('bg-0', 'fg-1')).toBeGreaterThanOrEqual(4.5)
    expect(ratio('bg-0', 'fg-2')).toBeGreaterThanOrEqual(4.5)
    expect(ratio('environment-prod-text', 'environment-prod')).toBeGreaterThanOrEqual(4.5)
  })

  test('no status borrows the hue that means focus or selection', () => {
    for (const status of STATUS) {
      expect(colourOf(tokens, status)).not.toEqual(colourOf(tokens, 'accent'))
    }
  })
})

test('every colour of the themes is replaced under forced colours', () => {
  const forced = /forced-colors: active\) \{(.*)\}/s.exec(CSS)?.[1] ?? ''
  for (const name of ['bg-0', 'bg-1', 'bg-2', 'bg-3', 'fg-1', 'fg-2', 'fg-3', 'line', ...STATUS]) {
    expect(forced).toContain(`--${name}:`)
  }
})

test('reduced motion leaves no duration, whether the system or the operator asks for it', () => {
  const asked = CSS.slice(CSS.indexOf("data-motion='reduced'"))
  for (const time of ['--time-state', '--time-sheet', '--time-flash']) {
    expect(asked.split(`${time}: 0ms`)).toHaveLength(3)
  }
})
