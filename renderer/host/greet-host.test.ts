/** How the page learns which host it runs on: the bridge first, HTTP otherwise, checked always. */
import { describe, expect, test } from 'vitest'
import { greetHost, type HostWindow } from './greet-host.ts'

const HELLO = {
  version: '0.1.0',
  host: { kind: 'web', nodeVersion: '24.21.0', platform: 'linux' }
} as const

function answering(status: number, body: unknown, asked: string[] = []): HostWindow {
  return {
    fetch(path) {
      asked.push(path)
      return Promise.resolve({
        ok: status === 200,
        status,
        json: () => Promise.resolve(body)
      })
    }
  }
}

describe('greetHost', () => {
  test('asks the bridge where there is one, and does not fetch', async () => {
    const asked: string[] = []
    const desktop = { ...HELLO, host: { ...HELLO.host, kind: 'desktop' } }
    const host = {
      ...answering(500, null, asked),
      switchyard: { hello: () => Promise.resolve(desktop) }
    }
    await expect(greetHost(host)).resolves.toEqual(desktop)
    expect(asked).toEqual([])
  })

  test('fetches the facts from a host without a bridge', async () => {
    const asked: string[] = []
    await expect(greetHost(answering(200, HELLO, asked))).resolves.toEqual(HELLO)
    expect(asked).toEqual(['/hello.json'])
  })

  test('says which status a refusing host answered', async () => {
    await expect(greetHost(answering(401, null))).rejects.toThrow('The host answered 401.')
  })

  test('refuses facts of another shape', async () => {
    await expect(greetHost(answering(200, { version: 1 }))).rejects.toThrow('different versions')
  })
})
