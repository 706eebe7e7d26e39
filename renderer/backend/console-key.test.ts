/** The tab's key: out of the address at once, asked for once, kept for the life of the tab. */
import { beforeEach, describe, expect, test } from 'vitest'
import { obtainKey, type KeyWindow } from './console-key.ts'

const KEY = 'k'.repeat(43)

let stored: Map<string, string>
let addresses: string[]
let asked: string[]

beforeEach(() => {
  stored = new Map()
  addresses = []
  asked = []
})

interface TabOptions {
  readonly hash?: string
  readonly answer?: () => Promise<Pick<Response, 'ok' | 'json'>>
}

function tab({
  hash = '',
  answer = () => Promise.resolve(given({ key: KEY }))
}: TabOptions): KeyWindow {
  return {
    location: { hash, pathname: '/', search: '?a=1' },
    history: { replaceState: (_data, _unused, url) => void addresses.push(url) },
    sessionStorage: {
      getItem: (name) => stored.get(name) ?? null,
      setItem: (name, value) => void stored.set(name, value)
    },
    fetch(path, { method, body }) {
      expect(addresses).toEqual(['/?a=1'])
      asked.push(`${method} ${path} ${body}`)
      return answer()
    }
  }
}

function given(json: unknown): Pick<Response, 'ok' | 'json'> {
  return { ok: true, json: () => Promise.resolve(json) }
}

const refused = (): Promise<Pick<Response, 'ok' | 'json'>> =>
  Promise.resolve({ ok: false, json: () => Promise.reject(new Error('no JSON')) })

describe('obtainKey', () => {
  test('takes the ticket out of the address first, then exchanges it and keeps the key', async () => {
    expect(await obtainKey(tab({ hash: '#ticket=abc' }))).toBe(KEY)
    expect(asked).toEqual(['POST /key {"ticket":"abc"}'])
    expect([...stored.values()]).toEqual([KEY])
  })

  test('asks for nothing in a tab that has its key, and leaves its address alone', async () => {
    await obtainKey(tab({ hash: '#ticket=abc' }))
    addresses = []
    asked = []
    expect(await obtainKey(tab({ hash: '#/pools?ticket=x' }))).toBe(KEY)
    expect({ addresses, asked }).toEqual({ addresses: [], asked: [] })
  })

  test('keeps the known key of a tab whose ticket was used before', async () => {
    await obtainKey(tab({ hash: '#ticket=abc' }))
    addresses = []
    expect(await obtainKey(tab({ hash: '#ticket=abc', answer: refused }))).toBe(KEY)
  })

  test.each<[string, TabOptions]>([
    ['without a ticket', {}],
    ['whose ticket is refused', { hash: '#ticket=abc', answer: refused }],
    ['that is answered nonsense', { hash: '#ticket=a', answer: () => Promise.resolve(given({})) }]
  ])('says that a tab %s has no key', async (_what, options) => {
    await expect(obtainKey(tab(options))).rejects.toMatchObject({ code: 'ACCESS_REFUSED' })
    expect(stored.size).toBe(0)
  })

  test('is CONNECTION_LOST when nobody answers', async () => {
    const answer = (): Promise<never> => Promise.reject(new TypeError('Failed to fetch'))
    await expect(obtainKey(tab({ hash: '#ticket=abc', answer }))).rejects.toMatchObject({
      code: 'CONNECTION_LOST'
    })
  })
})
