/** Reads a small JSON body and checks it, before anything looks at it. */
import type { IncomingMessage } from 'node:http'
import type { z } from 'zod'
import { SwitchyardError } from '../model/error-catalogue.ts'

export const BODY_LIMIT_BYTES = 64 * 1024

/** Rejects with ADMIN_BODY_TOO_LARGE or ADMIN_REQUEST_INVALID. */
export async function readJsonBody<T>(message: IncomingMessage, schema: z.ZodType<T>): Promise<T> {
  const text = await readText(message)
  let document: unknown
  try {
    document = JSON.parse(text)
  } catch (error) {
    throw new SwitchyardError(
      'ADMIN_REQUEST_INVALID',
      'The body is not JSON.',
      {},
      { cause: error }
    )
  }
  const parsed = schema.safeParse(document)
  if (parsed.success) return parsed.data
  const issue = parsed.error.issues[0]
  const field = issue?.path.join('.') || 'the body'
  throw new SwitchyardError('ADMIN_REQUEST_INVALID', `${field}: ${issue?.message ?? 'not valid'}.`)
}

function readText(message: IncomingMessage): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>()
  const chunks: Buffer[] = []
  let length = 0
  // What comes after the limit is read and thrown away, so that the client gets its answer.
  message.on('data', (chunk: Buffer) => {
    length += chunk.length
    if (length > BODY_LIMIT_BYTES) reject(tooLarge())
    else chunks.push(chunk)
  })
  message.on('end', () => resolve(Buffer.concat(chunks).toString('utf8')))
  message.on('error', (error) => reject(endedEarly(error)))
  message.on('close', () => reject(endedEarly()))
  return promise
}

function endedEarly(cause?: Error): SwitchyardError {
  return new SwitchyardError('ADMIN_REQUEST_INVALID', 'The body ended early.', {}, { cause })
}

function tooLarge(): SwitchyardError {
  return new SwitchyardError('ADMIN_BODY_TOO_LARGE', 'The body is larger than 64 KiB.')
}
