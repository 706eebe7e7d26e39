/** An engine whose listener speaks HTTP/2, and clients of it. */
import { connect, type ClientHttp2Session, type ClientHttp2Stream, type Settings } from 'node:http2'
import { onTestFinished } from 'vitest'
import { CertificateAuthority } from './certificate-authority.ts'
import { configuration, type ConfigurationParts } from './configuration.ts'
import { EngineFixture } from './engine-fixture.ts'
import { temporaryFolder } from './temporary-folder.ts'

export const authority = new CertificateAuthority()

/** The listener part of a configuration, with a certificate for a.test. */
export function secure(): Readonly<Record<string, unknown>> {
  const folder = temporaryFolder()
  onTestFinished(() => folder.remove())
  const { certPem, keyPem } = authority.issue({ names: ['a.test'] })
  const cert = folder.write('site.pem', certPem)
  return { tls: { certificates: [{ cert, key: folder.write('site.key', keyPem) }] } }
}

export async function start(
  parts: ConfigurationParts,
  options: Parameters<typeof EngineFixture.start>[1] = {}
): Promise<EngineFixture> {
  const listener = { ...secure(), ...parts.listener }
  return EngineFixture.start(configuration({ ...parts, listener }), options)
}

export function session(fixture: EngineFixture, settings: Settings = {}): ClientHttp2Session {
  const opened = connect(`https://127.0.0.1:${fixture.port()}`, {
    ca: authority.certPem,
    servername: 'a.test',
    settings
  })
  opened.on('error', () => undefined)
  onTestFinished(() => opened.destroy())
  return opened
}

export interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly trailers: Readonly<Record<string, string | string[] | undefined>>
  readonly interim: readonly number[]
  readonly body: Buffer
  /** 0 = a whole answer. */
  readonly code: number
}

export function answerOf(stream: ClientHttp2Stream): Promise<Answer> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = []
    const interim: number[] = []
    let headers: Answer['headers'] = {}
    let trailers: Answer['trailers'] = {}
    stream.on('headers', (fields) => interim.push(Number(fields[':status'])))
    stream.on('response', (fields) => (headers = fields))
    stream.on('trailers', (fields) => (trailers = fields))
    stream.on('data', (chunk: Buffer) => chunks.push(chunk))
    stream.on('error', () => undefined)
    stream.on('close', () =>
      resolve({
        status: Number(headers[':status'] ?? 0),
        headers,
        trailers,
        interim,
        body: Buffer.concat(chunks),
        code: stream.rstCode
      })
    )
  })
}

export function get(
  client: ClientHttp2Session,
  path: string,
  fields: Readonly<Record<string, string | string[]>> = {}
): Promise<Answer> {
  return answerOf(client.request({ ':path': path, ':authority': 'a.test', ...fields }))
}
