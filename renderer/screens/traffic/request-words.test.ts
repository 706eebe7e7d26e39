/** Contract: a request in words: its attempts, its share of the traffic, its curl line. */
import { describe, expect, test } from 'vitest'
import { attemptSentences, attemptSteps, outcomeTone, statusText } from './attempt-words.ts'
import { curlCommand } from './curl-command.ts'
import { fieldNote } from './field-notes.ts'
import { droppedWords, samplingWords } from './sampling-words.ts'
import { routingSentence } from './routing-words.ts'
import { aSample, anAttempt } from './testing/samples.ts'

const retried = aSample({
  attempts: [
    anAttempt({ backend: '10.0.0.2:80', status: null, failure: 'the connection was refused' }),
    anAttempt()
  ]
})

describe('the attempts', () => {
  test('show a failover in one row', () => {
    expect(attemptSteps(retried).map(({ backend, mark }) => `${backend} ${mark}`)).toEqual([
      '10.0.0.2:80 ✕',
      '10.0.0.1:80 200'
    ])
  })

  test('are read aloud as a sentence', () => {
    expect(attemptSentences(retried)).toBe(
      '10.0.0.2:80 failed: the connection was refused, then 10.0.0.1:80 answered 200.'
    )
    expect(attemptSentences(aSample({ attempts: [] }))).toBe('No backend was asked.')
  })

  test('tell an answer that broke off from one that never came', () => {
    const broken = aSample({ attempts: [anAttempt({ failure: 'it was cut short' })] })
    expect(attemptSentences(broken)).toBe(
      '10.0.0.1:80 answered 200, then failed: it was cut short.'
    )
  })
})

describe('the outcome', () => {
  test.each([
    [200, '', 'ok'],
    [302, '', 'plain'],
    [404, '', 'warn'],
    [503, '', 'down'],
    [200, 'the client left', 'warn'],
    [0, 'the client left', 'down'],
    [0, '', 'warn']
  ] as const)('of status %s with %j is %s', (status, termination, tone) => {
    expect(outcomeTone(aSample({ status, termination }))).toBe(tone)
  })

  test('without an answer is a dash', () => {
    expect(statusText(aSample({ status: 0 }))).toBe('–')
  })
})

describe('the sampling', () => {
  test('says that it is one, with both rates', () => {
    expect(samplingWords({ shownRps: 50, seenRps: 1204.3, droppedNotable: 0 })).toBe(
      'Showing 50 of ~1\u202f204 req/s (errors always kept).'
    )
  })

  test('says when nothing is left out', () => {
    expect(samplingWords({ shownRps: 12, seenRps: 12.1, droppedNotable: 0 })).toBe(
      'Showing every request, 12 req/s.'
    )
  })

  test('says that nothing comes', () => {
    expect(samplingWords({ shownRps: 0, seenRps: 0, droppedNotable: 0 })).toBe(
      'No requests in the last seconds.'
    )
  })

  test('admits what did not fit', () => {
    const numbers = { shownRps: 250, seenRps: 4000 }
    expect(droppedWords({ ...numbers, droppedNotable: 0 })).toBeNull()
    expect(droppedWords({ ...numbers, droppedNotable: 31 })).toBe(
      '31 errors, retries or slow requests did not fit.'
    )
  })
})

describe('the curl line', () => {
  const web = { scheme: 'http', address: '0.0.0.0:8080' } as const

  test('asks the listener for the same thing', () => {
    expect(curlCommand(aSample(), web)).toBe(
      [
        `curl -i -X GET 'http://127.0.0.1:8080/orders/42?full=1'`,
        `-H 'Host: shop.example.test'`,
        `-H 'accept: application/json'`
      ].join(' \\\n  ')
    )
  })

  test('leaves out what the proxy adds, and says which masked fields it lacks', () => {
    const sample = aSample({
      host: '127.0.0.1:8080',
      requestFields: [
        ['host', '127.0.0.1:8080'],
        ['x-forwarded-for', '10.1.1.1'],
        ['authorization', '••••']
      ]
    })
    expect(curlCommand(sample, web)).toBe(
      `# Left out because their values are masked: authorization.\ncurl -i -X GET 'http://127.0.0.1:8080/orders/42?full=1'`
    )
  })

  test('says that the body is missing, and quotes what a shell would read', () => {
    const sample = aSample({
      method: 'POST',
      target: "/it's",
      requestBytes: 12,
      requestFields: [['x-note', '$(reboot)']]
    })
    const command = curlCommand(sample, web)
    expect(command).toContain('# The body of 12 bytes was not recorded.')
    expect(command).toContain(String.raw`'http://127.0.0.1:8080/it'\''s'`)
    expect(command).toContain(`-H 'x-note: $(reboot)'`)
  })
})

describe('the notes on fields', () => {
  test('know the usual ones, in any case, and nothing of others', () => {
    expect(fieldNote('User-Agent')).toBe('Software of the client')
    expect(fieldNote('x-shoe-size')).toBeNull()
    expect(fieldNote('constructor')).toBeNull()
  })
})

describe('the reason of the routing', () => {
  const why = {
    route: 'web',
    algorithm: 'round_robin',
    activeLevel: 0,
    candidates: ['10.0.0.1:80', '10.0.0.3:80'],
    candidateCount: 2,
    exclusions: [{ backend: '10.0.0.2:80', reason: 'down' }]
  }

  test('names route, rule and choice', () => {
    expect(routingSentence(why, '10.0.0.1:80')).toBe(
      'Route web matched; round robin picked 10.0.0.1:80 from 2 candidates.'
    )
  })

  test('says that there was no choice, and that a backup served', () => {
    const one = { ...why, candidateCount: 1, activeLevel: 1 }
    expect(routingSentence(one, '10.0.0.1:80')).toBe(
      'Route web matched; 10.0.0.1:80 was the only candidate of backup level 1.'
    )
    expect(routingSentence(why, '')).toBe('Route web matched, but no backend could be picked.')
  })
})
