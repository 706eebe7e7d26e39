/**
 * Contract: a secret in a comment leaves as little as any other, and comes back to its comment; a
 * mask that nobody can fill is never written as if it were a secret.
 */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { MASKED } from '../../../../proxy-core/model/traffic-sample.ts'
import { commentsOf } from './comment-secrets.ts'
import { maskSecrets } from './mask-secrets.ts'
import { unmaskSecrets } from './unmask-secrets.ts'

const TEXT = `# Of ours; the token: is elsewhere
failover:
  notification:
    channels:
      - type: email # smtp_password: former
        smtp_server: mail.example.test
        # smtp_password: hunter2
        recipients: [ops@example.test]
      - type: webhook
        url: "https://hooks.example.test/now"
        # url: 'https://hooks.example.test/then'  # until May
# { type: webhook, url: https://hooks.example.test/never, x: 1 }
pools: []
`

const masked = (text: string): string => maskSecrets(text).text

function back(text: string, original = TEXT): { text: string; unknown: readonly number[] } {
  const { edited, unknown } = unmaskSecrets(text, original)
  return { text: edited.text, unknown: unknown.map(({ line }) => line) }
}

test('no secret of a comment is shown, in a text that is YAML and in one that is none', () => {
  for (const text of [TEXT, `${TEXT}broken: "\n`]) {
    const shown = masked(text)
    expect(shown).not.toMatch(/former|hunter2|hooks\.example/)
    expect(shown.split('\n')).toHaveLength(text.split('\n').length)
    expect(shown).toContain(`# smtp_password: ${MASKED}\n`)
    expect(shown).toContain(`# { type: webhook, url: ${MASKED}, x: 1 }`)
    expect(shown).toContain('# until May')
  }
})

describe('a comment gets its secret back', () => {
  test('untouched, and beside an edit', () => {
    expect(back(masked(TEXT))).toEqual({ text: TEXT, unknown: [] })
    const edited = (text: string): string => text.replace('pools: []', 'pools: [{ name: a }]')
    expect(back(edited(masked(TEXT)))).toEqual({ text: edited(TEXT), unknown: [] })
  })

  test('where another one is put before it, or taken away', () => {
    const added = `# smtp_password: new\n`
    expect(back(added + masked(TEXT))).toEqual({ text: added + TEXT, unknown: [] })
    const without = (text: string): string => text.replace(/# \{ type.*\n/, '')
    expect(back(without(masked(TEXT)))).toEqual({ text: without(TEXT), unknown: [] })
    // Of two that look alike nobody knows which one went.
    const half = masked(TEXT).replace(/ # smtp_password: .*/, '')
    expect(back(half).unknown).toEqual([7])
  })

  test('after its text was no YAML for a while', () => {
    const broken = `${TEXT}broken: "\n`
    expect(back(masked(broken).replace('broken: "\n', ''), broken).text).toBe(TEXT)
  })
})

describe('an option keeps its secret', () => {
  test('when it is switched off', () => {
    const off = (text: string): string => text.replace('  url: ', '  # url: ')
    const single = TEXT.replace(/ +# url: 'h.*\n/, '').replace(/# \{ type.*\n/, '')
    expect(back(off(masked(single)), single)).toEqual({ text: off(single), unknown: [] })
  })

  test('when it is switched on again', () => {
    const single = TEXT.replace(/ # smtp_password: former/, '')
    const on = (text: string): string => text.replace('# smtp_password', 'smtp_password')
    expect(back(on(masked(single)), single)).toEqual({ text: on(single), unknown: [] })
  })

  test('but is asked for it where two could be meant', () => {
    const on = masked(TEXT).replace('        # smtp_password', '        smtp_password')
    const both = on.replace(' # smtp_password: ' + MASKED, '')
    expect(back(both)).toMatchObject({ unknown: [7] })
  })
})

test.each([
  ['under another key', (text: string) => text.replace('# smtp_password', '# old_password')],
  ['in other words', (text: string) => text.replace('# Of ours', `# Of ours, ${MASKED},`)],
  ['twice', (text: string) => `# smtp_password: ${MASKED} (what?)\n${text}`]
])('a mask %s is not known', (_, change) => {
  expect(back(change(masked(TEXT))).unknown).not.toEqual([])
})

test('words about masks that the file has already are left alone', () => {
  const text = TEXT.replace('# Of ours', `# Shown as ${MASKED}`)
  expect(back(masked(text), text)).toEqual({ text, unknown: [] })
})

test('the lexer finds comments, and nothing that only looks like one', () => {
  const text = `a: "# no" # yes\nb: |\n  # no\nc: x#no\n#also\n`
  expect(commentsOf(text).map((comment) => comment.text)).toEqual(['# yes', '#also'])
  for (const { start, text: comment } of commentsOf(text)) {
    expect(text.slice(start, start + comment.length)).toBe(comment)
  }
})

test('places of comments are right in any text', () => {
  fc.assert(
    fc.property(
      fc.array(fc.constantFrom(...'#a:- |\n"\'{}[],\t&*!>%'), { maxLength: 40 }),
      (parts) => {
        const text = parts.join('')
        for (const { start, text: comment } of commentsOf(text)) {
          expect(text.slice(start, start + comment.length)).toBe(comment)
        }
      }
    )
  )
})
