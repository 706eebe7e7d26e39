/** A well-formed response as bytes, so that scripts state only what matters to their test. */
import type { Field } from './http-head.ts'

export interface ResponseParts {
  /** Default 200. */
  readonly status?: number
  readonly fields?: readonly Field[]
  /** Content-Length is added for it; default empty. */
  readonly body?: string | Buffer
}

export function responseBytes(parts: ResponseParts = {}): Buffer {
  const body = Buffer.from(parts.body ?? '')
  const fields: Field[] = [...(parts.fields ?? [])]
  if (!fields.some(([name]) => /^(content-length|transfer-encoding)$/i.test(name))) {
    fields.push(['Content-Length', String(body.length)])
  }
  const head = fields.map(([name, value]) => `${name}: ${value}\r\n`).join('')
  const start = `HTTP/1.1 ${parts.status ?? 200} Status\r\n`
  return Buffer.concat([Buffer.from(`${start}${head}\r\n`, 'latin1'), body])
}
