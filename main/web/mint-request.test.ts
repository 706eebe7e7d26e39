/**
 * Contract: `console --url` prints a link of the console that runs, and nothing that another
 * program says which has taken the port of a console that was killed.
 */
import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { temporaryFolder } from '../../test/servers/temporary-folder.ts'
import { writeHostFile } from './host-file.ts'
import { linkToRunningConsole } from './mint-request.ts'

/** Asks a program that answers so on the port that the file names. */
async function asked(listener: (own: string) => RequestListener): Promise<string> {
  const folder = temporaryFolder()
  onTestFinished(() => folder.remove())
  const server = createServer((request, response) => {
    listener(`http://${request.headers.host}`)(request, response)
  })
  onTestFinished(() => void server.close())
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  await writeHostFile(folder.path, { port, mintKey: 'key' })
  return linkToRunningConsole(folder.path)
}

test('a link of its own port is printed', async () => {
  const url = await asked((own) => (_request, response) => {
    response.end(JSON.stringify({ url: `${own}/enter?link=aB3_-` }))
  })
  expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/enter\?link=aB3_-$/)
})

test.each([
  ['of another site', () => 'http://evil.test/enter?link=a'],
  ['of another port', () => 'http://127.0.0.1:1/enter?link=a'],
  ['of another path', (own: string) => `${own}/login`],
  ['with what a terminal obeys', (own: string) => `${own}/enter?link=a\u001b]0;x\u0007`],
  ['that is no web address', () => 'javascript:alert(1)']
])('an address %s is not', async (_what, urlOf) => {
  const answer = asked((own) => (_request, response) => {
    response.end(JSON.stringify({ url: urlOf(own) }))
  })
  await expect(answer).rejects.toMatchObject({ code: 'CONSOLE_NOT_RUNNING' })
})

test('an answer without end is not waited for', async () => {
  const answer = asked(() => (_request, response) => {
    const more = (): void => {
      if (!response.destroyed) response.write('x'.repeat(65_536), more)
    }
    more()
  })
  await expect(answer).rejects.toThrow('its answer has no end')
})
