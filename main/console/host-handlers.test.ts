/** Contract: only https links leave the console, and only through a host that can open them. */
import { expect, test } from 'vitest'
import { hostHandlers } from './host-handlers.ts'

const CALL = { signal: new AbortController().signal, actor: 'operator (test)' }

test('an https link is handed to the host as it was understood', async () => {
  const opened: string[] = []
  const handlers = hostHandlers({ openExternal: (url) => Promise.resolve(void opened.push(url)) })
  await handlers['host.openExternal']({ url: 'HTTPS://Example.test/a b' }, CALL)
  expect(opened).toEqual(['https://example.test/a%20b'])
})

test.each(['http://example.test/', 'file:///etc/passwd', 'javascript:alert(1)', 'no link'])(
  '%s is refused',
  async (url) => {
    const opened: string[] = []
    const handlers = hostHandlers({
      openExternal: (link) => Promise.resolve(void opened.push(link))
    })
    const call = async (): Promise<unknown> => handlers['host.openExternal']({ url }, CALL)
    await expect(call()).rejects.toMatchObject({ code: 'LINK_REFUSED' })
    expect(opened).toEqual([])
  }
)

test('a host without a browser says so', async () => {
  const call = async (): Promise<unknown> =>
    hostHandlers({})['host.openExternal']({ url: 'https://example.test/' }, CALL)
  await expect(call()).rejects.toMatchObject({ code: 'ABILITY_MISSING' })
})
