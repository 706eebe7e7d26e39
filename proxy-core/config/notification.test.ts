/** Contract: what is written about notifications, what it means, and what is refused or doubted. */
import { describe, expect, test } from 'vitest'
import { DEFAULT_OCCASIONS } from '../model/default-notification.ts'
import type {
  ChannelSettings,
  EmailChannelSettings,
  WebhookChannelSettings
} from '../model/notification-settings.ts'
import { notificationOf, problemsOf, summary, warningsOf } from './fixtures/load.ts'

const POOL = 'pools: [{ name: api, backends: [{ address: "a:80" }] }]\nroutes: [{ pool: api }]\n'
const PLACE = 'failover.notification.channels'

function text(channels: string, more = ''): string {
  return `${POOL}failover: { notification: { channels: [${channels}]${more} } }`
}

function channelsOf(channels: string): readonly ChannelSettings[] {
  return notificationOf(text(channels)).channels
}

const MAIL = 'type: email, smtp_server: smtp.example.com, recipients: [ops@example.com]'
const LOGIN = 'smtp_user: me, smtp_password: { env: P }'

describe('settings', () => {
  test('nothing written means that nobody is told', () => {
    expect(notificationOf(POOL)).toEqual({
      ...{ groupWindowMs: 5_000, quietPeriodMs: 30_000, channels: [] }
    })
  })

  test('`enabled: false` switches every channel off', () => {
    expect(notificationOf(text('{ type: log }', ', enabled: false')).channels).toEqual([])
  })

  test('everything that is written counts', () => {
    expect(
      notificationOf(
        text(
          `{ name: hook, type: webhook, url: "https://h.example.com/x", format: slack, headers: { X-A: b }, ca: ca.pem,
             on: [pool_lost, circuit], min_interval: 2m, rate_limit: { messages: 3, per: 1h }, timeout: 4s }`,
          ', group_window: 1s, quiet_period: 2s'
        )
      )
    ).toEqual({
      ...{ groupWindowMs: 1_000, quietPeriodMs: 2_000 },
      channels: [
        {
          ...{ type: 'webhook', name: 'hook', url: 'https://h.example.com/x', format: 'slack' },
          ...{ headers: { 'X-A': 'b' }, authorization: null, caFile: '/etc/switchyard/ca.pem' },
          ...{ on: ['pool_lost', 'circuit'], minIntervalMs: 120_000, timeoutMs: 4_000 },
          rateLimit: { messages: 3, perMs: 3_600_000 }
        }
      ]
    })
  })

  test('channels are called by their type, and by a number from the second one on', () => {
    const hook = '{ type: webhook, url: "https://h.example.com/x" }'
    expect(
      channelsOf(`${hook}, { type: log }, ${hook}, { type: metrics, name: m }`).map(
        ({ name }) => name
      )
    ).toEqual(['webhook', 'log', 'webhook-2', 'm'])
  })

  test.each([
    ['', 587, 'starttls'],
    [', smtp_port: 465', 465, 'implicit'],
    [', smtp_port: 465, tls: starttls', 465, 'starttls'],
    [', smtp_port: 25', 25, 'starttls']
  ])('mail with "%s" goes to port %d with %s', (more, port, tls) => {
    expect(channelsOf(`{ ${MAIL}${more} }`)[0] as EmailChannelSettings).toMatchObject({ port, tls })
  })

  test('a secret that is only named is null where the text is read without its secrets', () => {
    const [mail, hook] = channelsOf(`{ ${MAIL}, ${LOGIN} }, { type: webhook, url: { env: U } }`)
    expect((mail as EmailChannelSettings).password).toBe(null)
    expect((hook as WebhookChannelSettings).url).toBe(null)
  })

  test('metrics have occasions and nothing of delivery', () => {
    expect(channelsOf('{ type: metrics }')).toEqual([
      { type: 'metrics', name: 'metrics', on: DEFAULT_OCCASIONS }
    ])
  })
})

describe('refused', () => {
  test.each([
    ['{ type: webhook, url: "ftp://x" }', 'BAD_VALUE', '[0].url'],
    [`{ ${MAIL}, smtp_user: me }`, 'MISSING', '[0].smtp_user'],
    [`{ ${MAIL}, smtp_password: { env: P } }`, 'MISSING', '[0].smtp_password'],
    [`{ ${MAIL}, ${LOGIN}, tls: none }`, 'CONFLICT', '[0].tls'],
    ['{ type: log }, { type: webhook, name: log, url: { env: U } }', 'DUPLICATE', '[1].name'],
    ['{ type: webhook, url: { env: U }, headers: { Host: x } }', 'CONFLICT', '[0].headers.Host'],
    [
      '{ type: webhook, url: { env: U }, authorization: { env: A }, headers: { Authorization: x } }',
      'CONFLICT',
      '[0].headers.Authorization'
    ],
    ['{ type: email, smtp_server: s, recipients: [] }', 'OUT_OF_RANGE', '[0].recipients'],
    [
      '{ type: email, smtp_server: s, recipients: ["a@b\\r\\nBcc: c@d"] }',
      'BAD_VALUE',
      '[0].recipients[0]'
    ],
    [
      '{ type: email, smtp_server: s, recipients: ["Ops <ops@example.com>"] }',
      'BAD_VALUE',
      '[0].recipients[0]'
    ],
    [`{ ${MAIL}, from: "nobody" }`, 'BAD_VALUE', '[0].from'],
    [`{ ${MAIL}, subject: "{titel}" }`, 'BAD_VALUE', '[0].subject'],
    ['{ type: log, on: [pool_gone] }', 'BAD_VALUE', '[0].on[0]'],
    ['{ type: log, on: [] }', 'OUT_OF_RANGE', '[0].on'],
    ['{ type: sms }', 'BAD_VALUE', '[0].type'],
    ['{ type: metrics, rate_limit: { messages: 1, per: 1m } }', 'UNKNOWN_KEY', '[0].rate_limit']
  ])('%s is %s', (channels, code, path) => {
    expect(summary(problemsOf(text(channels)))).toEqual([`${code} ${PLACE}${path}`])
  })

  test('a URL that is none is not shown', () => {
    const [problem] = problemsOf(text('{ type: webhook, url: "hunter2" }'))
    expect(JSON.stringify(problem)).not.toContain('hunter2')
  })

  test('a placeholder that is nearly right is named', () => {
    const [problem] = problemsOf(text(`{ ${MAIL}, subject: "{titel}" }`))
    expect(problem?.hint).toBe('Did you mean {title}?')
  })
})

describe('doubted', () => {
  test.each([
    [`{ ${MAIL}, tls: none }`, ['UNENCRYPTED_CHANNEL [0].tls']],
    ['{ type: email, smtp_server: 127.0.0.1, tls: none, recipients: [a@example.com] }', []],
    [
      '{ type: webhook, url: "http://h.example.com/x" }',
      ['UNENCRYPTED_CHANNEL [0].url', 'LITERAL_SECRET [0].url']
    ],
    ['{ type: webhook, url: "http://127.0.0.1:9/x" }', ['LITERAL_SECRET [0].url']],
    ['{ type: webhook, url: "http://[::1]:9/x" }', ['LITERAL_SECRET [0].url']],
    ['{ type: webhook, url: { file: hook } }', []],
    [
      '{ type: webhook, url: { env: U }, authorization: "Bearer x" }',
      ['LITERAL_SECRET [0].authorization']
    ]
  ])('%s draws %j', (channels, expected) => {
    const warnings = summary(warningsOf(text(channels)))
    expect(warnings).toEqual(expected.map((one) => one.replace('[', `${PLACE}[`)))
  })

  test('a mail server on loopback may get a password unencrypted', () => {
    const channel = `type: email, smtp_server: 127.0.0.1, recipients: [a@example.com], ${LOGIN}`
    expect(warningsOf(text(`{ ${channel}, tls: none }`))).toEqual([])
  })
})
