/**
 * What a store is, beside its segments: its id, and which segments there are, so that one that is
 * gone is missed and no number is given twice. It can be lost: segments say the same of themselves.
 */
import { crc32 } from 'node:zlib'
import { z } from 'zod'
import { readWhole, replaceFile, systemCodeOf, type Disk } from './disk.ts'
import { FORMAT_VERSION } from './file-header.ts'
import { MANIFEST_NAME } from './file-names.ts'

const manifestSchema = z.strictObject({
  format: z.int(),
  store: z.string().regex(/^[0-9a-f]{32}$/),
  nextNumber: z.int().positive(),
  nextSeq: z.int().positive(),
  segments: z.array(z.strictObject({ number: z.int(), firstSeq: z.number() }))
})

export type Manifest = z.infer<typeof manifestSchema>

const fileSchema = z.strictObject({ checksum: z.number(), content: z.string() })

export type ManifestReading =
  | { readonly kind: 'ok'; readonly manifest: Manifest }
  | { readonly kind: 'missing' | 'damaged' }
  | { readonly kind: 'other_format'; readonly version: number }

export async function readManifest(disk: Disk, directory: string): Promise<ManifestReading> {
  let text: string
  try {
    text = (await readWhole(disk, `${directory}/${MANIFEST_NAME}`)).toString('utf8')
  } catch (error) {
    if (systemCodeOf(error) === 'ENOENT') return { kind: 'missing' }
    throw error
  }
  const file = fileSchema.safeParse(parsed(text)).data
  if (file === undefined || crc32(file.content) !== file.checksum) return { kind: 'damaged' }
  const content = parsed(file.content)
  const version = z.object({ format: z.int() }).safeParse(content).data?.format
  if (version !== undefined && version !== FORMAT_VERSION) return { kind: 'other_format', version }
  const manifest = manifestSchema.safeParse(content).data
  return manifest === undefined ? { kind: 'damaged' } : { kind: 'ok', manifest }
}

/** By rename after fsync. Rejects with what the system says. */
export async function writeManifest(
  disk: Disk,
  directory: string,
  manifest: Manifest
): Promise<void> {
  const content = JSON.stringify(manifest)
  const text = `${JSON.stringify({ checksum: crc32(content), content })}\n`
  await replaceFile(disk, directory, MANIFEST_NAME, [Buffer.from(text)])
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
