/**
 * Contract: what is sent fits the limits of the service, whatever happened, and no text of a
 * message can format, link, mention or begin another field.
 */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { combined, type NotificationMessage } from '../message.ts'
import { BEGAN_MS, incident, linesOf, message, occurrence, SOURCE } from '../testing/messages.ts'
import { DISCORD_LIMITS, discordMessage, escapeDiscord } from './discord-message.ts'
import { escapeHtml, mailMessage } from './mail-message.ts'
import { notificationDocument, notificationDocumentSchema } from './notification-document.ts'
import { escapeSlack, SLACK_LIMITS, slackMessage } from './slack-message.ts'
import { fittingLines, shortened } from './shortened.ts'

const HOSTILE =
  '<!channel> @everyone *b* `c` [x](https://evil.test) <@U1> & \r\nBcc: all@evil.test \u202e😀'

interface Slack {
  readonly text: string
  readonly mrkdwn: boolean
  readonly attachments: readonly [
    {
      readonly color: string
      readonly blocks: readonly {
        readonly type: string
        readonly text?: { readonly type: string; readonly text: string }
        readonly elements?: readonly { readonly type: string; readonly text: string }[]
      }[]
    }
  ]
}

interface Discord {
  readonly allowed_mentions: unknown
  readonly embeds: readonly [
    {
      readonly title: string
      readonly description: string
      readonly footer: { readonly text: string }
    }
  ]
}

const texts = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 6_000 }),
  fc.constantFrom(HOSTILE, HOSTILE.repeat(100), '&'.repeat(5_000), '😀'.repeat(3_000))
)

const messages: fc.Arbitrary<NotificationMessage> = fc
  .array(
    fc.record({ text: texts, pool: fc.option(fc.constantFrom('api', 'web'), { nil: null }) }),
    {
      minLength: 1,
      maxLength: 30
    }
  )
  .map((parts) =>
    parts
      .map(({ text, pool }, index) =>
        message({
          incidents: [incident({ id: `i-${index % 3}`, pool, headline: `it: ${text}` })],
          lines: linesOf(occurrence({ pool, text }))
        })
      )
      .reduce(combined)
  )

describe('Slack', () => {
  test('every message fits, is plain text, and mentions nobody', () => {
    fc.assert(
      fc.property(messages, (one) => {
        const sent = slackMessage(one, SOURCE) as unknown as Slack
        expect(sent.text.length).toBeLessThanOrEqual(SLACK_LIMITS.text)
        expect(sent.mrkdwn).toBe(false)
        const [header, section, context] = sent.attachments[0].blocks
        expect(header!.text!.text.length).toBeLessThanOrEqual(SLACK_LIMITS.header)
        expect(section!.text!.text.length).toBeLessThanOrEqual(SLACK_LIMITS.section)
        const plain = [header!.text!, section!.text!, ...context!.elements!]
        expect(plain.every(({ type, text }) => type === 'plain_text' && text !== '')).toBe(true)
        expect(JSON.stringify(sent)).not.toMatch(/<|>/)
      })
    )
  })

  test('the three characters that it reads are escaped', () => {
    expect(escapeSlack('<!channel> & <@U1>')).toBe('&lt;!channel&gt; &amp; &lt;@U1&gt;')
  })

  test('what is over is green', () => {
    const over = message({ incidents: [incident({ kind: 'closed', closedAtMs: BEGAN_MS + 1 })] })
    expect((slackMessage(over, SOURCE) as unknown as Slack).attachments[0].color).toBe('#16a34a')
  })
})

describe('Discord', () => {
  test('every message fits, and mentions nobody', () => {
    fc.assert(
      fc.property(messages, (one) => {
        const sent = discordMessage(one, SOURCE) as unknown as Discord
        const [{ title, description, footer }] = sent.embeds
        expect(title.length).toBeLessThanOrEqual(DISCORD_LIMITS.title)
        expect(description.length).toBeLessThanOrEqual(DISCORD_LIMITS.description)
        expect(title.length + description.length + footer.text.length).toBeLessThanOrEqual(6_000)
        expect(sent.allowed_mentions).toEqual({ parse: [] })
        expect(`${title} ${description}`).not.toMatch(/(?<!\\)(?:\\\\)*[<`*_~|]/)
        expect(JSON.stringify(sent)).not.toMatch(/@(everyone|here)/)
      })
    )
  })

  test('markdown is text', () => {
    expect(escapeDiscord('*a* _b_ `c` [d](https://e) <@1> @here')).toBe(
      '\\*a\\* \\_b\\_ \\`c\\` \\[d\\](https:\\//e) \\<@\u200b1\\> @\u200bhere'
    )
  })
})

describe('mail', () => {
  test('the subject is one short line, whatever happened', () => {
    fc.assert(
      fc.property(messages, (one) => {
        const { subject } = mailMessage(one, SOURCE, '[{severity}] {title} on {host}')
        expect(subject).not.toMatch(/[\r\n\u2028]/)
        expect(subject.length).toBeLessThanOrEqual(180)
      })
    )
  })

  test('fills every placeholder', () => {
    const template = '{title}|{pool}|{severity}|{kind}|{incident}|{instance}|{host}'
    expect(mailMessage(message(), SOURCE, template).subject).toBe(
      'api: no backend left, its requests fail|api|critical|opened|a1b2c3d4e5f6-1|web-1a2b3c4d|lb1.example.com'
    )
    const several = combined(message(), message({ incidents: [incident({ id: 'x', pool: null })] }))
    expect(mailMessage(several, SOURCE, '{pool}|{kind}|{incident}').subject).toBe(
      '2 incidents|digest|several'
    )
  })

  test('the name of the machine begins no field either', () => {
    const source = { ...SOURCE, host: 'lb1\r\nBcc: all@evil.test' }
    expect(mailMessage(message(), source, '{pool} on {host}').subject).toBe(
      'api on lb1 Bcc: all@evil.test'
    )
  })

  test('a placeholder in a reason is not filled', () => {
    const sly = message({ incidents: [incident({ headline: '{host}' })] })
    expect(mailMessage(sly, SOURCE, '{title}').subject).toBe('api: {host}')
  })

  test('HTML has no markup that came with a text', () => {
    const sly = message({ lines: linesOf(occurrence({ text: '<img src=x onerror="a()">' })) })
    const { html } = mailMessage(sly, SOURCE, '{title}')
    expect(html).not.toContain('<img')
    expect(html).toContain('&lt;img src=x onerror=&quot;a()&quot;&gt;')
    expect(escapeHtml(`'`)).toBe('&#39;')
  })
})

describe('JSON', () => {
  test('every message fits its schema', () => {
    fc.assert(
      fc.property(messages, (one) => {
        const document = notificationDocument(one, SOURCE)
        expect(notificationDocumentSchema.parse(JSON.parse(JSON.stringify(document)))).toEqual(
          document
        )
        expect(document.events.length).toBeLessThanOrEqual(20)
      })
    )
  })

  test.each([
    ['opened', 'open', null, null],
    ['updated', 'open', null, null],
    ['closed', 'closed', '2026-11-29T14:05:51.750Z', 42.5],
    ['notice', 'none', null, null],
    ['test', 'none', null, null]
  ] as const)(
    'an incident that is %s has the state %s',
    (kind, state, closedAt, durationSeconds) => {
      const closedAtMs = kind === 'closed' ? BEGAN_MS + 42_500 : null
      const document = notificationDocument(
        message({ incidents: [incident({ kind, closedAtMs })] }),
        SOURCE
      )
      expect(document).toMatchObject({
        kind,
        pool: 'api',
        incident: { state, closedAt, durationSeconds }
      })
    }
  )

  test('a digest has no incident of its own, and all of them in a list', () => {
    const two = combined(message(), message({ incidents: [incident({ id: 'x', pool: 'web' })] }))
    expect(notificationDocument(two, SOURCE)).toMatchObject({
      ...{ kind: 'digest', pool: null, incident: null, heldBackMessages: 1 },
      incidents: [{ pool: 'api' }, { pool: 'web' }]
    })
  })
})

describe('text that is too long', () => {
  test('is cut between characters and marked', () => {
    expect(shortened('abcdef', 6)).toBe('abcdef')
    expect(shortened('abcdefg', 6)).toBe('abcde…')
    expect(shortened('a😀😀', 4)).toBe('a😀…')
    expect(shortened('&&&&', 11, escapeSlack)).toBe('&amp;&amp;…')
  })

  test('loses whole lines, and says how many', () => {
    expect(fittingLines(['one', 'second', 'third', 'fourth'], 22)).toBe('one\n… and 3 more lines')
    expect(fittingLines(['a'.repeat(50)], 10)).toBe(`${'a'.repeat(9)}…`)
  })
})
