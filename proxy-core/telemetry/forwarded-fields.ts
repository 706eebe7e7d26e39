/** The fields of a forwarded request head, as far as they may be shown. */
import { MASKED, SENSITIVE_FIELDS } from '../model/traffic-sample.ts'

const MAX_FIELDS = 32
const MAX_VALUE_LENGTH = 256
const SENSITIVE: ReadonlySet<string> = new Set(SENSITIVE_FIELDS)

/** `text` is the head as it was written, perhaps with a body behind it. */
export function forwardedFields(text: string): [string, string][] {
  const fields: [string, string][] = []
  let start = text.indexOf('\r\n') + 2
  while (start > 1 && fields.length < MAX_FIELDS) {
    const end = text.indexOf('\r\n', start)
    // The empty line ends the head.
    if (end <= start) break
    const colon = text.indexOf(':', start)
    if (colon > start && colon < end) {
      const name = text.slice(start, colon)
      fields.push([name, shownValue(name, text.slice(colon + 1, end).trim())])
    }
    start = end + 2
  }
  return fields
}

function shownValue(name: string, value: string): string {
  return SENSITIVE.has(name.toLowerCase()) ? MASKED : value.slice(0, MAX_VALUE_LENGTH)
}
