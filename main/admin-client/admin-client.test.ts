/** Contract: the client of the admin API answers what was asked, or says in a sentence why not. */
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, expect, onTestFinished, test } from 'vitest'
import { z } from 'zod'
import { TOKEN, useAdmin } from '../../proxy-core/admin/testing/admin-under-test.ts'
import { failoverStatusSchema } from '../../proxy-core/model/failover-report.ts'
import { CertificateAuthority } from '../../test/servers/certificate-authority.ts'
import { freePort } from '../../test/servers/free-ports.ts'
import { temporaryFolder } from '../../test/servers/temporary-folder.ts'
import { AdminClient } from './admin-client.ts'
import type { AdminTarget } from './admin-target.ts'

const admin = useAdmin()

const STATUS = '/api/v1/failover/status'

async function client(target: Partial<AdminTarget> = {}): Promise<AdminClient> {
  const opened = await AdminClient.open({
    url: `http://127.0.0.1:${admin().port}`,
    token: TOKEN,
    tokenSource: '/state/web/admin.token',
    certificateFile: null,
    ...target
  })
  onTestFinished(() => opened.close())
  return opened
}

async function stranger(listener: RequestListener): Promise<string> {
  const server = createServer(listener).listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

describe('an answer', () => {
  test('is checked and handed over; a query is encoded', async () => {
    await admin().start()
    const status = await (await client()).get(STATUS, { pool: 'api' }, failoverStatusSchema)
    expect(status).toMatchObject({ pool: 'api', isEnabled: true })
    const odd = (await client()).get(STATUS, { pool: 'a&b=c', other: undefined }, z.unknown())
    await expect(odd).rejects.toMatchObject({ message: 'No pool is named "a&b=c".' })
  })

  test('that is a refusal keeps its code and its sentence', async () => {
    await admin().start()
    admin().engine.setAdminState('api', '10.0.0.2:80', 'maint', 'disk')
    const asked = (await client()).post('/api/v1/failover/activate', { pool: 'api' }, z.unknown())
    await expect(asked).rejects.toMatchObject({ code: 'NO_STANDBY' })
  })

  test('of another shape, of another program and of another version are told apart', async () => {
    await admin().start()
    const wrong = (await client()).get(STATUS, {}, failoverStatusSchema)
    await expect(wrong).rejects.toMatchObject({ code: 'ADMIN_ANSWER_INVALID' })
    const html = await stranger((_request, response) => response.end('<html>'))
    await expect((await client({ url: html })).get('/', {}, z.unknown())).resolves.toBeUndefined()
    const page = (await client({ url: html })).get(STATUS, {}, failoverStatusSchema)
    await expect(page).rejects.toMatchObject({
      code: 'ADMIN_ANSWER_INVALID',
      message: `What answers at ${html} is not understood: its answer to ${STATUS} is another one than expected (no JSON).`
    })
    const later = await stranger((_request, response) => {
      response.statusCode = 418
      response.end('{"error":{"code":"TEAPOT","message":"Short and stout.","remedy":"Tea."}}')
    })
    await expect((await client({ url: later })).get('/', {}, z.unknown())).rejects.toMatchObject({
      code: 'ADMIN_ANSWER_INVALID',
      message: `What answers at ${later} is not understood: it refuses with TEAPOT: Short and stout.`
    })
  })
})

describe('no answer', () => {
  test('because nobody listens', async () => {
    const url = `http://127.0.0.1:${await freePort()}`
    await expect((await client({ url })).get(STATUS, {}, z.unknown())).rejects.toMatchObject({
      code: 'ADMIN_UNREACHABLE',
      message: `The admin API at ${url} does not answer: the connection is refused.`
    })
  })

  test('because the connection ends', async () => {
    const url = await stranger((request) => request.socket.destroy())
    await expect((await client({ url })).get(STATUS, {}, z.unknown())).rejects.toMatchObject({
      code: 'ADMIN_UNREACHABLE'
    })
  })

  test('because the token is another one, or none is known', async () => {
    await admin().start()
    await expect(
      (await client({ token: 'old' })).get(STATUS, {}, z.unknown())
    ).rejects.toMatchObject({
      code: 'ADMIN_TOKEN_REQUIRED',
      message: `The admin API at http://127.0.0.1:${admin().port} does not take the token from /state/web/admin.token.`
    })
    const bare = await client({ token: null, tokenSource: 'SWITCHYARD_ADMIN_TOKEN' })
    await expect(bare.get(STATUS, {}, z.unknown())).rejects.toMatchObject({
      message: `The admin API at http://127.0.0.1:${admin().port} wants a token, and none is known for this address; set SWITCHYARD_ADMIN_TOKEN.`
    })
  })
})

describe('TLS', () => {
  test('takes exactly the certificate of the instance, whatever name it has', async () => {
    const folder = temporaryFolder()
    onTestFinished(() => folder.remove())
    const authority = new CertificateAuthority()
    const write = (name: string): { certFile: string; keyFile: string } => {
      const { certPem, keyPem } = authority.issue({ names: ['ops.example'] })
      return {
        certFile: folder.write(`${name}.pem`, certPem),
        keyFile: folder.write(`${name}.key`, keyPem)
      }
    }
    const tls = write('own')
    await admin().start({ tls })
    const url = `https://127.0.0.1:${admin().port}`
    const pinned = await client({ url, certificateFile: tls.certFile })
    expect(await pinned.get(STATUS, { pool: 'api' }, failoverStatusSchema)).toMatchObject({
      pool: 'api'
    })
    for (const certificateFile of [write('other').certFile, null]) {
      const asked = (await client({ url, certificateFile })).get(STATUS, {}, z.unknown())
      await expect(asked).rejects.toMatchObject({ code: 'ADMIN_UNREACHABLE' })
    }
    await expect(client({ url, certificateFile: '/none.pem' })).rejects.toMatchObject({
      code: 'CERTIFICATE_INVALID'
    })
  })
})
