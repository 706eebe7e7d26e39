/** What a mail reader makes of a mail: its fields, its text and its HTML. */

export interface MailParts {
  /** By lower-case name, unfolded. */
  readonly fields: ReadonlyMap<string, string>
  readonly text: string
  readonly html: string
}

interface Part {
  readonly fields: ReadonlyMap<string, string>
  readonly body: string
}

/** Of a mail with the two alternatives; throws where it has not both. */
export function mailParts(raw: string): MailParts {
  const { fields, body } = partOf(raw)
  const boundary = /boundary="?([^";]+)"?/.exec(fields.get('content-type') ?? '')?.[1]
  if (boundary === undefined) throw new Error('The mail has no parts.')
  const parts = body
    .split(`--${boundary}`)
    .slice(1, -1)
    .map((part) => partOf(part.replace(/^\r\n/, '')))
  return { fields, text: contentOf(parts, 'text/plain'), html: contentOf(parts, 'text/html') }
}

function partOf(raw: string): Part {
  const end = raw.indexOf('\r\n\r\n')
  const lines = raw
    .slice(0, end)
    .replaceAll(/\r\n[ \t]+/g, ' ')
    .split('\r\n')
  const fields = lines.map((line): [string, string] => {
    const colon = line.indexOf(':')
    return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()]
  })
  return { fields: new Map(fields), body: raw.slice(end + 4) }
}

function contentOf(parts: readonly Part[], type: string): string {
  const part = parts.find(({ fields }) => fields.get('content-type')?.startsWith(type))
  if (!part) throw new Error(`The mail has no part of the type ${type}.`)
  const encoding = part.fields.get('content-transfer-encoding')?.toLowerCase()
  return decoded(part.body, encoding).toString('utf8').replaceAll('\r\n', '\n')
}

function decoded(body: string, encoding: string | undefined): Buffer {
  if (encoding === 'base64') return Buffer.from(body, 'base64')
  if (encoding !== 'quoted-printable') return Buffer.from(body, 'latin1')
  const text = body
    .replaceAll('=\r\n', '')
    .replaceAll(/=([0-9A-F]{2})/g, (_, hex: string) =>
      String.fromCharCode(Number.parseInt(hex, 16))
    )
  return Buffer.from(text, 'latin1')
}
