/** An admin server on port 0 over an engine double, new for each test of the file that uses it. */
import { afterEach, beforeEach } from 'vitest'
import { eventually } from '../../../test/servers/eventually.ts'
import type { ResponseMessage } from '../../../test/servers/http-message.ts'
import { ManualClock } from '../../../test/servers/manual-clock.ts'
import { exchangeOnce, type RawClient } from '../../../test/servers/raw-client.ts'
import { backendSettings, EngineDouble, HTTP_CHECK } from '../../metrics/testing/engine-double.ts'
import type { AdminSettings } from '../../model/settings.ts'
import { AdminServer, type AdminDependencies } from '../admin-server.ts'

export const TOKEN = 'f2b7c0ffee'.padEnd(43, '0')

export const ADMIN_SETTINGS: AdminSettings = {
  address: { host: '127.0.0.1', port: 0 },
  auth: 'token',
  metrics: 'token',
  allowedHosts: [],
  tls: null
}

export interface Ask {
  readonly method?: string
  /** Default: a right Host and the token. */
  readonly fields?: readonly string[]
  readonly body?: string
}

export class AdminUnderTest {
  readonly clock = new ManualClock()
  /** Listener `web`, pool `api` with a checked primary 10.0.0.1:80 and a backup 10.0.0.2:80. */
  readonly engine = new EngineDouble(this.clock)
  server: AdminServer | null = null
  port = 0

  constructor() {
    this.engine.addListener('web', '127.0.0.1:8080')
    this.engine.addPool('api', [
      backendSettings('10.0.0.1:80', { healthCheck: HTTP_CHECK, region: 'us-east' }),
      backendSettings('10.0.0.2:80', { level: 1 })
    ])
  }

  /** A server that does not listen yet and is the caller's to close. */
  make(settings: Partial<AdminSettings>, deps: Partial<AdminDependencies> = {}): AdminServer {
    return new AdminServer({
      view: this.engine,
      commands: this.engine,
      settings: { ...ADMIN_SETTINGS, ...settings },
      token: TOKEN,
      clock: this.clock,
      emit: this.engine.emit,
      ...deps
    })
  }

  async start(
    settings: Partial<AdminSettings> = {},
    deps: Partial<AdminDependencies> = {}
  ): Promise<AdminServer> {
    this.server = this.make(settings, deps)
    this.engine.onEvent = () => this.server?.eventHappened()
    const bound = await this.server.listen()
    this.port = bound.port
    return this.server
  }

  ask(target: string, { method = 'GET', fields, body }: Ask = {}): Promise<ResponseMessage> {
    const length = body === undefined ? [] : [`Content-Length: ${Buffer.byteLength(body)}`]
    const head = requestHead(`${method} ${target}`, [
      ...(fields ?? [`Host: 127.0.0.1:${this.port}`, `Authorization: Bearer ${TOKEN}`]),
      ...length
    ])
    return exchangeOnce(this.port, head + (body ?? ''), method)
  }
}

/** Call it at the top of a test file; what it returns is renewed before each test. */
export function useAdmin(): () => AdminUnderTest {
  let admin: AdminUnderTest
  beforeEach(() => {
    admin = new AdminUnderTest()
  })
  afterEach(() => admin.server?.close())
  return () => admin
}

/** With a Host that is allowed and the token, unless `fields` are given. */
export function requestHead(
  line: string,
  fields: readonly string[] = ['Host: localhost', `Authorization: Bearer ${TOKEN}`]
): string {
  return `${[`${line} HTTP/1.1`, ...fields].join('\r\n')}\r\n\r\n`
}

export function jsonOf(response: ResponseMessage): unknown {
  return JSON.parse(response.body.toString())
}

/** Status and error code. */
export function refusalOf(response: ResponseMessage): readonly [number, string] {
  const document = jsonOf(response) as { readonly error: { readonly code: string } }
  return [response.status, document.error.code]
}

/** Resolves when the server has closed its side. */
export function endOf(client: RawClient): Promise<unknown> {
  return eventually('the end of the connection', () => client.hasEnded)
}
