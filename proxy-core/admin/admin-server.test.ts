/**
 * Contract: the admin server says why it cannot listen, bounds what a client can cost,
 * and leaves nothing behind when it closes.
 */
import type { TLSSocket } from 'node:tls'
import { afterEach, describe, expect, it } from 'vitest'
import { CertificateAuthority } from '../../test/servers/certificate-authority.ts'
import { eventually, within } from '../../test/servers/eventually.ts'
import { RawClient } from '../../test/servers/raw-client.ts'
import { temporaryFolder } from '../../test/servers/temporary-folder.ts'
import { backendSettings } from '../metrics/testing/engine-double.ts'
import { readProcessFacts } from '../metrics/process-facts.ts'
import type { SwitchyardError } from '../model/error-catalogue.ts'
import type { AdminSettings } from '../model/settings.ts'
import { ADMIN_LIMITS } from './admin-server.ts'
import { ADMIN_SETTINGS, endOf, requestHead, TOKEN, useAdmin } from './testing/admin-under-test.ts'

const admin = useAdmin()

describe('limits', () => {
  it('cuts a client that does not finish its head in time', async () => {
    await admin().start({}, { limits: { ...ADMIN_LIMITS, headMs: 20 } })
    const client = await RawClient.connect(admin().port)
    client.send('GET /health/live HT')
    await endOf(client)
    expect(client.received.toString()).toMatch(/^HTTP\/1\.1 408 /)
    client.close()
  })

  it('refuses a head over 16 KiB with 431', async () => {
    await admin().start()
    const client = await RawClient.connect(admin().port)
    client.send(`GET /health/live HTTP/1.1\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`)
    await endOf(client)
    expect(client.received.toString()).toMatch(/^HTTP\/1\.1 431 /)
    client.close()
  })

  it('closes connections over its limit and serves the others', async () => {
    await admin().start({}, { limits: { ...ADMIN_LIMITS, connections: 2 } })
    const first = await RawClient.connect(admin().port)
    const second = await RawClient.connect(admin().port)
    const third = await RawClient.connect(admin().port)
    await endOf(third)
    expect(third.received.length).toBe(0)
    for (const client of [first, second]) {
      client.send('GET /health/live HTTP/1.1\r\n\r\n')
      expect((await client.readResponse()).status).toBe(200)
    }
    for (const client of [first, second, third]) client.close()
  })

  describe('towards a client that does not read a long page', () => {
    let client: RawClient
    let isAsked: boolean

    async function askWithoutReading(limits: Partial<typeof ADMIN_LIMITS>): Promise<void> {
      const addresses = Array.from(
        { length: 5000 },
        (_, index) => `10.2.${index >> 8}.${index & 255}:80`
      )
      admin().engine.addPool(
        'wide',
        addresses.map((address) => backendSettings(address))
      )
      isAsked = false
      const readProcess = (): ReturnType<typeof readProcessFacts> => {
        isAsked = true
        return readProcessFacts()
      }
      await admin().start({}, { limits: { ...ADMIN_LIMITS, ...limits }, readProcess })
      client = await RawClient.connect(admin().port)
      client.socket.pause()
      client.send(requestHead('GET /metrics'))
      await eventually('the request', () => isAsked)
    }

    afterEach(() => client.close())

    it('ends the connection when it stays idle', async () => {
      await askWithoutReading({ idleMs: 30 })
      // Resolves without the grace period, whose clock stands still here.
      await admin().server!.close()
      expect(client.received.toString()).not.toContain('0\r\n\r\n')
    })

    it('cuts the connection a second after close', async () => {
      await askWithoutReading({})
      const closing = admin().server!.close()
      expect(admin().clock.nextDueInMs).toBe(1000)
      admin().clock.advance(1000)
      await closing
      expect(admin().clock.pendingCount).toBe(0)
    })
  })
})

describe('listening', () => {
  const code = (error: SwitchyardError): string => error.code
  const listening = (settings: Partial<AdminSettings>): Promise<unknown> =>
    admin().start(settings).catch(code)

  it('names a port that is in use and an address that is not ours', async () => {
    await admin().start()
    const taken = { address: { host: '127.0.0.1', port: admin().port } }
    await expect(admin().make(taken).listen()).rejects.toMatchObject({ code: 'PORT_IN_USE' })
    const foreign = {
      address: { host: '192.0.2.1', port: 1 },
      tls: { certFile: '/none', keyFile: '/none' },
      allowedHosts: ['x']
    }
    const server = admin().make(foreign, { loadCertificate: () => Promise.resolve({}) })
    await expect(server.listen()).rejects.toMatchObject({ code: 'ADDRESS_NOT_AVAILABLE' })
  })

  it('refuses an address outside loopback without TLS, allowed hosts or a token', async () => {
    const address = { host: '0.0.0.0', port: 0 }
    const tls = { certFile: '/none.pem', keyFile: '/none.key' }
    expect(await listening({ address })).toBe('ADMIN_EXPOSED')
    expect(await listening({ address, tls })).toBe('ADMIN_EXPOSED')
    expect(await listening({ address, tls, allowedHosts: ['ops'], auth: 'none' })).toBe(
      'ADMIN_EXPOSED'
    )
    expect(await listening({ address, tls, allowedHosts: ['ops'] })).toBe('CERTIFICATE_INVALID')
  })

  it('serves TLS, and takes a renewed certificate and new names without a restart', async () => {
    const folder = temporaryFolder()
    const authority = new CertificateAuthority()
    const write = (): AdminSettings['tls'] => {
      const { certPem, keyPem } = authority.issue({ names: ['localhost'] })
      return {
        certFile: folder.write('site.pem', certPem),
        keyFile: folder.write('site.key', keyPem)
      }
    }
    const tls = write()
    const named = ['Host: ops.example', `Authorization: Bearer ${TOKEN}`]
    await admin().start({ tls })
    const connect = (): Promise<RawClient> =>
      RawClient.connect(admin().port, { tls: { ca: authority.certPem, servername: 'localhost' } })
    const serial = (client: RawClient): string =>
      (client.socket as TLSSocket).getPeerCertificate().serialNumber
    const first = await connect()
    first.send(requestHead('GET /api/v1/status', named))
    expect((await first.readResponse()).status).toBe(403)
    write()
    await admin().server!.reconfigure({ ...ADMIN_SETTINGS, tls, allowedHosts: ['ops.example'] })
    const second = await connect()
    expect(serial(second)).not.toBe(serial(first))
    second.send(requestHead('GET /api/v1/status', named))
    expect((await second.readResponse()).status).toBe(200)
    first.close()
    second.close()
    folder.remove()
  })

  it('refuses another address while it runs, and keeps its settings', async () => {
    await admin().start({ metrics: 'open' })
    const moved = { ...ADMIN_SETTINGS, address: { host: '127.0.0.1', port: 1 } }
    await expect(admin().server!.reconfigure(moved)).rejects.toMatchObject({
      code: 'CONFIG_NEEDS_RESTART'
    })
    expect((await admin().ask('/metrics', { fields: ['Host: localhost'] })).status).toBe(200)
    await admin().server!.reconfigure(ADMIN_SETTINGS)
    expect((await admin().ask('/metrics', { fields: ['Host: localhost'] })).status).toBe(401)
  })

  it('lets an answer that runs be sent when it closes, and then ends its connection', async () => {
    const facts = await readProcessFacts()
    const { promise, resolve } = Promise.withResolvers<typeof facts>()
    let isAsked = false
    await admin().start({}, { readProcess: () => ((isAsked = true), promise) })
    const client = await RawClient.connect(admin().port)
    client.send(requestHead('GET /api/v1/status'))
    await eventually('the request', () => isAsked)
    const closing = admin().server!.close()
    resolve(facts)
    expect((await client.readResponse()).status).toBe(200)
    await within('the end of the server', closing, 1000)
    client.close()
  })

  it('closes idle connections at once, and frees the port and its timer', async () => {
    await admin().start()
    const idle = await RawClient.connect(admin().port)
    idle.send('GET /health/live HTTP/1.1\r\n\r\n')
    await idle.readResponse()
    await admin().server!.close()
    await endOf(idle)
    idle.close()
    expect(admin().clock.pendingCount).toBe(0)
    await expect(RawClient.connect(admin().port)).rejects.toThrow('ECONNREFUSED')
    await admin().server!.close()
  })
})
