/** The head that goes to the client, written from the parsed parts of the backend's head. */
import { FieldKind } from './field-kind.ts'
import type { ResponseParser } from './response-parser.ts'

export interface ResponseHeadParts {
  /** Content-Length is passed on. */
  readonly keepsLength: boolean
  /** The body leaves in chunks. */
  readonly isChunked: boolean
  /** '' adds no Connection field. */
  readonly connection: '' | 'close' | 'keep-alive' | 'Upgrade'
  readonly hasVia: boolean
  /** Complete lines with CR LF, or ''. */
  readonly addedLines: string
}

/** `text`: the received head as latin1. Returns the forwarded head with its empty line. */
export function responseHeadText(
  parser: ResponseParser,
  text: string,
  parts: ResponseHeadParts
): string {
  const isStartLineKept = parser.minorVersion === 1 && text.charCodeAt(7) === 0x31
  let head = isStartLineKept ? '' : statusLine(parser, text)
  let runStart = isStartLineKept ? 0 : parser.startLineLength
  const { kinds, offsets, isCanonical, fieldCount } = parser
  let hasLength = false
  for (let index = 0; index < fieldCount; index++) {
    const kind = kinds[index]!
    const isDropped =
      (kind !== FieldKind.OTHER && isHopField(kind)) ||
      (kind === FieldKind.CONTENT_LENGTH && (hasLength || !parts.keepsLength))
    if (kind === FieldKind.CONTENT_LENGTH) hasLength = true
    if (!isDropped && isCanonical[index] === 1) continue
    head += text.substring(runStart, offsets[index * 4]!)
    runStart = index + 1 < fieldCount ? offsets[index * 4 + 4]! : text.length - 2
    if (!isDropped) head += `${parser.nameAt(text, index)}: ${parser.valueAt(text, index)}\r\n`
  }
  head += text.substring(runStart, text.length - 2)
  return head + addedFields(parser, text, parts) + '\r\n'
}

function statusLine(parser: ResponseParser, text: string): string {
  const reason = text.substring(parser.reasonStart, parser.startLineLength - 2)
  return `HTTP/1.1 ${parser.status} ${reason}\r\n`
}

function isHopField(kind: number): boolean {
  return (
    kind === FieldKind.CONNECTION ||
    kind === FieldKind.HOP_BY_HOP ||
    kind === FieldKind.NOMINATED ||
    kind === FieldKind.TRANSFER_ENCODING ||
    kind === FieldKind.UPGRADE
  )
}

function addedFields(parser: ResponseParser, text: string, parts: ResponseHeadParts): string {
  let fields = parts.isChunked ? 'Transfer-Encoding: chunked\r\n' : ''
  if (parts.connection !== '') fields += `Connection: ${parts.connection}\r\n`
  if (parts.connection === 'Upgrade' && parser.upgradeIndex >= 0) {
    fields += `Upgrade: ${parser.valueAt(text, parser.upgradeIndex)}\r\n`
  }
  if (parts.hasVia) fields += 'Via: 1.1 switchyard\r\n'
  return fields + parts.addedLines
}
