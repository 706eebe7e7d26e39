/**
 * Contract: no secret leaves, every line stays where it was, and a text that comes back with its
 * masks gets exactly the secrets that it had; a mask that cannot be told apart gets none.
 */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Document, parse } from 'yaml'
import { loadConfig } from '../../../../proxy-core/config/load-config.ts'
import { MASKED } from '../../../../proxy-core/model/traffic-sample.ts'
import { maskSecrets } from './mask-secrets.ts'
import { unmaskSecrets } from './unmask-secrets.ts'

function notifying(channels: string): string {
  return `version: 1\nfailover:\n  notification:\n    channels:\n${channels}\npools: []\n`
}

function unmasked(masked: string, original: string): string {
  return unmaskSecrets(masked, original).edited.text
}

const MAIL = notifying(`      - type: email
        smtp_server: mail.example.test
        smtp_password: "hunter2 # not a comment"  # changed in May
        recipients: [ops@example.test]
      - { type: webhook, url: 'https://hooks.example.test/T0?key=s3cret' }`)

describe('masking', () => {
  test('replaces every secret of the schema and nothing else', () => {
    const { text } = maskSecrets(MAIL)
    expect(text).toBe(
      MAIL.replace('"hunter2 # not a comment"', MASKED).replace(
        "'https://hooks.example.test/T0?key=s3cret'",
        MASKED
      )
    )
  })

  test('the key of sticky cookies is one, in a text that is no YAML too', () => {
    const text = 'pools: [{ name: a, sticky: { cookie: SRV, key: s3cret } }]\n'
    expect(maskSecrets(text).text).toBe(text.replace('s3cret', MASKED))
    expect(maskSecrets(`${text}: "`).text).not.toContain('s3cret')
  })

  test('a reference to a secret is none', () => {
    const text = notifying('      - { type: webhook, url: { env: HOOK_URL } }')
    expect(maskSecrets(text).text).toBe(text)
  })

  test('a number or a list in the place of a secret is masked too', () => {
    const text = notifying(
      '      - { type: email, smtp_server: a, recipients: [], smtp_password: 4711 }\n' +
        '      - { type: webhook, url: [one, { two: three }] }'
    )
    const masked = maskSecrets(text).text
    expect(masked).toContain(`smtp_password: ${MASKED} }`)
    expect(masked).toContain(`url: [${MASKED}, { two: ${MASKED} }]`)
  })

  test.each([
    ['a block', 'smtp_password: |\n          first\n          second'],
    ['a quoted text over lines', 'smtp_password: "first\n          second"'],
    ['a plain text over lines', 'smtp_password: first\n          second']
  ])('%s keeps the lines below it', (_, entry) => {
    const text = notifying(
      `      - type: email\n        ${entry}\n        smtp_server: a\n        smtp_user: u\n        recipients: [a@b.test]`
    )
    const masked = maskSecrets(text).text
    expect(masked).not.toMatch(/first|second/)
    expect(masked.split('\n').indexOf('pools: []')).toBe(text.split('\n').indexOf('pools: []'))
    expect(loadConfig(masked, { file: 'a', baseDir: '/' }).ok).toBe(true)
    expect(unmasked(masked, text)).toBe(text)
  })

  test('an anchored secret is masked where it stands, also for its aliases', () => {
    const text = notifying(
      '      - { type: webhook, url: &hook "https://a.test/s3cret" }\n' +
        '      - { type: webhook, url: *hook }'
    )
    const masked = maskSecrets(text).text
    expect(masked).toContain(`url: &hook ${MASKED} }`)
    expect(masked).toContain('url: *hook')
    expect(unmasked(masked, text)).toBe(text)
  })

  test('a text that is no YAML is masked by its keys', () => {
    const broken = `${MAIL}pools: [ { name: "api }\n`
    const { text } = maskSecrets(broken)
    expect(text).not.toMatch(/hunter2|s3cret/)
    expect(text.split('\n')).toHaveLength(broken.split('\n').length)
    expect(text).toContain('pools: [ { name: "api }')
  })

  test('a secret with its own quote left open hides only its line', () => {
    const { text } = maskSecrets('smtp_password: "hunter2\npools: []\n')
    expect(text).toBe(`smtp_password: ${MASKED}\npools: []\n`)
  })

  test.each([
    '*hunter2',
    '&hunter2',
    '!hunter2',
    '!!hunter2 x',
    '|hunter2',
    '@hunter2',
    '%hunter2',
    '`hunter2'
  ])('a secret that begins as YAML does is masked: %s', (secret) => {
    const text = `smtp_password: ${secret}\nfailover: { notification: { channels: [{ type: webhook,\n      url: ${secret} }] } }\n`
    expect(maskSecrets(text.slice(text.indexOf('\n') + 1)).text).not.toContain('hunter2')
    expect(
      maskSecrets(notifying(`      - type: webhook\n        url: ${secret}`)).text
    ).not.toContain('hunter2')
  })

  test('places are told in both directions', () => {
    const { forward, back } = ((edited) => ({
      forward: edited.forward.bind(edited),
      back: edited.back.bind(edited)
    }))(
      maskSecrets('failover: { notification: { channels: [{ type: webhook, url: "abcdefgh" }] } }')
    )
    expect(forward({ line: 1, column: 75 })).toEqual({ line: 1, column: 69 })
    expect(back({ line: 1, column: 69 })).toEqual({ line: 1, column: 75 })
    expect(forward({ line: 1, column: 66 })).toEqual({ line: 1, column: 62 })
    expect(forward({ line: 1, column: 5 })).toEqual({ line: 1, column: 5 })
  })
})

describe('fields of a head', () => {
  const probing = (headers: string): string =>
    `version: 1\npools:\n  - name: api\n    health_check:\n      type: http\n      headers:\n${headers}\n    backends: [{ address: "10.0.0.1:80" }]\nroutes: [{ pool: api }]\n`

  const TEXT = probing(
    [
      'Authorization: "Bearer s3cret-1"  # of the probe',
      'cookie: sid=s3cret-2; b=c',
      "X-Api-Key: 's3cret-3'",
      'x-vault-token: s3cret-4',
      'X-Probe: switchyard'
    ]
      .map((line) => `        ${line}`)
      .join('\n')
  )

  test('are masked where they let their bearer in, and come back', () => {
    const { text } = maskSecrets(TEXT)
    expect(text).not.toContain('s3cret')
    expect(text).toContain('X-Probe: switchyard')
    expect(text).toContain(`Authorization: ${MASKED}  # of the probe`)
    expect(unmasked(text, TEXT)).toBe(TEXT)
    const edited = text.replace('X-Probe: switchyard', 'X-Probe: other')
    expect(unmasked(edited, TEXT)).toBe(TEXT.replace('X-Probe: switchyard', 'X-Probe: other'))
  })

  test('of `defaults`, of a backend, of a route and over an alias are masked too', () => {
    const text = `version: 1
defaults: { health_check: { headers: { authorization: s3cret-1 } } }
pools:
  - name: api
    backends:
      - { address: "10.0.0.1:80", health_check: &probe { headers: { Cookie: s3cret-2 } } }
      - { address: "10.0.0.2:80", health_check: *probe }
routes: [{ pool: api, headers: { x-api-key: s3cret-3, x-team: blue } }]
`
    const masked = maskSecrets(text).text
    expect(masked).not.toContain('s3cret')
    expect(masked).toContain('x-team: blue')
    expect(unmasked(masked, text)).toBe(text)
  })

  test('of a text that is no YAML are masked by their names, options of such names are not', () => {
    const broken = `${TEXT}admin: { auth: token }\npools: [ { name: "api }\n`
    const { text } = maskSecrets(broken)
    expect(text).not.toContain('s3cret')
    expect(text).toContain('admin: { auth: token }')
    expect(text.split('\n')).toHaveLength(broken.split('\n').length)
  })
})

describe('putting secrets back', () => {
  const hooks = (...urls: string[]): string =>
    notifying(urls.map((url) => `      - { type: webhook, url: ${url} }`).join('\n'))

  test('an untouched text comes back byte for byte', () => {
    expect(unmasked(maskSecrets(MAIL).text, MAIL)).toBe(MAIL)
  })

  test('an edit elsewhere keeps the secrets as they were written', () => {
    const edited = maskSecrets(MAIL).text.replace('pools: []', 'pools: [{ name: api }]')
    expect(unmasked(edited, MAIL)).toBe(MAIL.replace('pools: []', 'pools: [{ name: api }]'))
  })

  test('an entry before shifts nothing', () => {
    const original = hooks('"https://one.test/"', '"https://two.test/"')
    const edited = hooks('"https://new.test/"', MASKED, MASKED)
    expect(unmasked(edited, original)).toBe(
      hooks('"https://new.test/"', '"https://one.test/"', '"https://two.test/"')
    )
  })

  test('an entry that changes beside its secret keeps it', () => {
    const edited = maskSecrets(MAIL).text.replace('mail.example.test', 'mail2.example.test')
    expect(unmasked(edited, MAIL)).toContain('hunter2')
  })

  test('which of two hidden secrets went is asked and not guessed', () => {
    const original = hooks('"https://one.test/"', '"https://two.test/"')
    const result = unmaskSecrets(hooks(MASKED), original)
    expect(result.edited.text).toContain(MASKED)
    expect(result.unknown).toEqual([{ line: 5, column: 31 }])
  })

  test('a mask at a new place is reported with its place', () => {
    const original = hooks('"https://one.test/"')
    const edited = `${hooks(MASKED)}shutdown_timeout: ${MASKED}\n`
    const result = unmaskSecrets(edited, original)
    expect(result.edited.text).toContain('https://one.test/')
    expect(result.unknown).toEqual([{ line: 7, column: 19 }])
  })

  test('a value that was no secret is not taken for one', () => {
    const text = 'pools: [{ name: api }]\n'
    expect(unmaskSecrets(`pools: [{ name: ${MASKED} }]\n`, text).unknown).toHaveLength(1)
  })

  test('a plain secret from a block is quoted where its characters would mean something', () => {
    const original = notifying('      - type: webhook\n        url: https://a.test/?x={1},2')
    const edited = notifying(`      - { type: webhook, url: ${MASKED} }`)
    expect(unmasked(edited, original)).toContain('url: "https://a.test/?x={1},2" }')
  })

  test('a broken original gives its secrets to the mended text', () => {
    const broken = `${MAIL}pools: [\n`
    const mended = maskSecrets(broken).text.replace('pools: [\n', '')
    expect(unmasked(mended, broken)).toBe(MAIL)
  })

  test('a broken edit is left alone', () => {
    const edited = `${maskSecrets(MAIL).text}pools: [`
    expect(unmaskSecrets(edited, MAIL)).toMatchObject({ edited: { text: edited }, unknown: [] })
  })
})

describe('any notification block', () => {
  const secretText = fc.string({ minLength: 1, maxLength: 20 }).map((text) => `s3cret-${text}`)
  const mail = fc.record({
    type: fc.constant('email'),
    smtp_server: fc.constantFrom('a.test', 'b.test', 'c.test'),
    smtp_password: secretText,
    recipients: fc.constant(['ops@a.test'])
  })
  const hook = fc.record({ type: fc.constant('webhook'), url: secretText })
  const log = fc.record({ type: fc.constant('log'), level: fc.constantFrom('info', 'warning') })
  const channels = fc.array(fc.oneof(mail, hook, log), { maxLength: 6 })
  const style = fc.record({
    isFlow: fc.boolean(),
    quote: fc.constantFrom<'QUOTE_DOUBLE' | 'QUOTE_SINGLE' | 'PLAIN'>(
      'QUOTE_DOUBLE',
      'QUOTE_SINGLE',
      'PLAIN'
    )
  })

  test('survives the way out and back, and shows no secret on the way', () => {
    fc.assert(
      fc.property(channels, style, (list, { isFlow, quote }) => {
        const text = documentOf(list, isFlow, quote)
        const masked = maskSecrets(text).text
        expect(masked).not.toContain('s3cret-')
        expect(masked.split('\n')).toHaveLength(text.split('\n').length)
        expect(unmasked(masked, text)).toBe(text)
      }),
      { numRuns: 150 }
    )
  })

  test('never gives a secret to another entry, whatever is added, removed or moved', () => {
    const withId = fc
      .array(hook, { minLength: 1, maxLength: 5 })
      .map((hooks) => hooks.map((one, index) => ({ ...one, url: `s3cret-${index}-${one.url}` })))
    fc.assert(
      fc.property(withId, fc.array(fc.nat(), { maxLength: 4 }), (list, choices) => {
        const original = documentOf(list, true, 'QUOTE_DOUBLE')
        // What the operator does: takes entries out and puts log channels in.
        const kept = list.map((one, index) => ({ ...one, index }))
        const edited: ({ index: number } | null)[] = [...kept]
        for (const choice of choices) {
          const at = choice % (edited.length + 1)
          if (choice % 2 === 0) edited.splice(at, 0, null)
          else edited.splice(Math.min(at, edited.length - 1), 1)
        }
        const shown = edited.map((one) =>
          one === null ? { type: 'log' } : { type: 'webhook', url: MASKED }
        )
        const result = unmaskSecrets(documentOf(shown, true, 'PLAIN'), original)
        const back = parse(result.edited.text) as {
          failover: { notification: { channels: { url?: string }[] } }
        }
        for (const [index, channel] of back.failover.notification.channels.entries()) {
          const expected = edited[index]
          if (!expected) continue
          expect([MASKED, list[expected.index]!.url]).toContain(channel.url)
        }
      }),
      { numRuns: 150 }
    )
  })
})

function documentOf(
  channels: readonly unknown[],
  isFlow: boolean,
  quote: 'QUOTE_DOUBLE' | 'QUOTE_SINGLE' | 'PLAIN'
): string {
  const document = new Document({ failover: { notification: { channels } }, pools: [] })
  if (isFlow) document.setIn(['failover', 'notification', 'channels'], flowOf(document, channels))
  return document.toString({ defaultStringType: quote, defaultKeyType: 'PLAIN', lineWidth: 0 })
}

function flowOf(document: Document, channels: readonly unknown[]): unknown {
  return document.createNode(channels, { flow: true })
}
