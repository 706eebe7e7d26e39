/**
 * Where the admin API of a running instance answers, in a file beside its token: commands of
 * another terminal find it there, whatever port the system chose.
 */
import { readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import type { OpenAdmin } from '../../proxy-core/model/control-protocol.ts'
import { stateUnusable } from './state-directory.ts'

const endpointSchema = z.strictObject({
  /** `http://127.0.0.1:9000`; an address for every interface is named by its loopback. */
  url: z.string(),
  /** What it proves itself with; null = it does not speak TLS. */
  certificateFile: z.string().nullable()
})

export type AdminEndpoint = Readonly<z.infer<typeof endpointSchema>>

const EVERY_INTERFACE: ReadonlyMap<string, string> = new Map([
  ['0.0.0.0', '127.0.0.1'],
  ['[::]', '[::1]']
])

export function endpointOf({ address, scheme, certificateFile }: OpenAdmin): AdminEndpoint {
  const colon = address.lastIndexOf(':')
  const host = address.slice(0, colon)
  const reachable = EVERY_INTERFACE.get(host) ?? host
  return { url: `${scheme}://${reachable}${address.slice(colon)}`, certificateFile }
}

/** null: it is not open. By rename, so that nobody reads half of it. Throws STATE_UNUSABLE. */
export async function writeEndpoint(
  stateDirectory: string,
  endpoint: AdminEndpoint | null
): Promise<void> {
  const file = fileIn(stateDirectory)
  const temporary = `${file}.${process.pid}.tmp`
  try {
    if (endpoint === null) return await rm(file, { force: true })
    await writeFile(temporary, `${JSON.stringify(endpoint)}\n`, { mode: 0o600 })
    await rename(temporary, file)
  } catch (error) {
    throw stateUnusable(file, 'written', error)
  }
}

/** null: there is none, or what is there is not one. Throws STATE_UNUSABLE. */
export async function readEndpoint(stateDirectory: string): Promise<AdminEndpoint | null> {
  const file = fileIn(stateDirectory)
  let text: string
  try {
    text = await readFile(file, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null
    throw stateUnusable(file, 'read', error)
  }
  try {
    return endpointSchema.parse(JSON.parse(text))
  } catch {
    return null
  }
}

function fileIn(stateDirectory: string): string {
  return join(stateDirectory, 'admin.json')
}
