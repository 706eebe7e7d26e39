/** Whom a limit counts together: the key of a request under one limit. */
import { createHash } from 'node:crypto'
import type { RateLimitSettings } from '../model/settings.ts'

/** The fields of a request, as its parser reads them. */
export interface FieldReader {
  field(text: string, lowerCaseName: string): string | undefined
}

/** A longer value is kept as its digest: clients choose it, and every key costs memory. */
const MAX_VALUE_LENGTH = 64

const EVERYBODY = ''

/**
 * `network`: `clientNetwork` of the request. A request without the field is counted by its client,
 * so that leaving the field out is no way around the limit.
 */
export function limitKey(
  by: RateLimitSettings['by'],
  network: string,
  reader: FieldReader,
  text: string
): string {
  switch (by.kind) {
    case 'client_ip':
      return network
    case 'route':
      return EVERYBODY
    case 'header': {
      const value = reader.field(text, by.name)
      if (value === undefined || value === '') return `@${network}`
      return value.length > MAX_VALUE_LENGTH ? `#${digest(value)}` : `=${value}`
    }
  }
}

function digest(value: string): string {
  return createHash('sha256').update(value, 'latin1').digest('base64')
}
