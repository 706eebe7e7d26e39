/** How keys of a Vector configuration are shown: on one line, short, and without secrets. */
import { formatPath } from '../../../proxy-core/model/config-problem.ts'
import { printable } from '../../../proxy-core/config/format-problems.ts'
import { isSensitiveField } from '../../../proxy-core/model/sensitive-field.ts'
import type { SourceKey } from '../importer.ts'
import type { TomlEntry, TomlValue } from '../toml/toml-document.ts'

const MAX_VALUE_LENGTH = 70
const MASK = '••••'
const SECRET_KEY = /pass|token|secret|credential|access_key|api_key/i
/** Tables whose keys are fields of HTTP requests. */
const FIELD_TABLES: readonly string[] = ['headers']

export function sourceKeyOf(entry: TomlEntry): SourceKey {
  const value = isSecret(entry) ? MASK : shortened(shown(entry.value))
  return { place: entry.place, path: printable(formatPath(entry.path)), value }
}

function isSecret({ path, value }: TomlEntry): boolean {
  const [key = '', table = ''] = path.toReversed().map(String)
  if (SECRET_KEY.test(key)) return true
  if (value.kind === 'text' && value.text.includes('-----BEGIN')) return true
  return FIELD_TABLES.includes(table) && isSensitiveField(key)
}

function shown(value: TomlValue): string {
  switch (value.kind) {
    case 'text':
      return printable(JSON.stringify(withoutUserInfo(value.text)))
    case 'number':
    case 'time':
      return value.written
    case 'flag':
      return String(value.isSet)
    case 'list':
      return `[${value.items.map(shown).join(', ')}]`
    case 'table':
      return value.table.size === 0 ? '{}' : '{ … }'
  }
}

/** `http://user:pass@host/` → `http://••••@host/`. */
function withoutUserInfo(text: string): string {
  return text.replaceAll(/\/\/[^\s/@]+@/g, `//${MASK}@`)
}

function shortened(text: string): string {
  return text.length > MAX_VALUE_LENGTH ? `${text.slice(0, MAX_VALUE_LENGTH - 1)}…` : text
}
