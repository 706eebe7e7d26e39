/** Contract: what a broken exchange leaves behind never reaches another client. */
import { expect, test } from 'vitest'
import { configuration } from '../servers/configuration.ts'
import { EngineFixture, getRequest, startBackend } from '../servers/engine-fixture.ts'
import { eventually } from '../servers/eventually.ts'

const BROKEN = 'HTTP/1.1 200 OK\r\nX-Secret: one\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n'

test('a head that was held back when its response broke is not sent to the next client', async () => {
  const backend = await startBackend('b', {
    script: (exchange) => {
      if (exchange.target === '/broken') exchange.send(BROKEN)
      else exchange.send('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok')
    }
  })
  const fixture = await EngineFixture.start(configuration({ backends: [backend] }))
  const unlucky = await fixture.connect()
  unlucky.send(getRequest('/broken'))
  await eventually('the reset', () => unlucky.hasEnded)
  const other = await fixture.connect()
  other.send(getRequest('/good'))
  expect((await other.readResponse()).status).toBe(200)
  expect(other.received.toString('latin1')).not.toContain('X-Secret')
})
