/** A configuration file as the commands read it: text, verdict, and what the engine is sent. */
import { readFile } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { loadConfig } from '../../proxy-core/config/load-config.ts'
import {
  parseDocument,
  type ParseOptions,
  type ParseResult
} from '../../proxy-core/config/parse-document.ts'
import type { SecretAccess } from '../../proxy-core/config/resolve-secrets.ts'
import { SwitchyardError } from '../../proxy-core/model/error-catalogue.ts'
import type { AdminSettings } from '../../proxy-core/model/settings.ts'

/** Far above any real configuration, far below what would stop this process for long. */
const MAX_BYTES = 64 * 1024 * 1024

export interface ConfigOverrides {
  /** Stands in for `admin.auth`. */
  readonly adminAuth?: AdminSettings['auth']
}

export interface ReadConfig {
  /** As the operator named it. */
  readonly file: string
  readonly baseDir: string
  readonly text: string
  readonly result: ParseResult
}

/** Throws CONFIG_UNREADABLE; whatever is wrong inside the file is in the result. */
export async function readConfig(
  file: string,
  overrides: ConfigOverrides = {}
): Promise<ReadConfig> {
  const text = await readText(file)
  const baseDir = dirname(resolve(file))
  // The engine, a child of this process, has the same environment; the console's store it has not.
  const secrets: SecretAccess = { environment: process.env, stored: { kind: 'refused' } }
  const origin = { file, baseDir, secrets }
  const result = overridden(loadConfig(text, origin), overrides, origin)
  return { file, baseDir, text, result }
}

/** Throws CONFIG_UNREADABLE. */
export async function readText(file: string): Promise<string> {
  try {
    const bytes = await readFile(file)
    if (bytes.length <= MAX_BYTES) return bytes.toString('utf8')
    throw new Error(`it has ${bytes.length} bytes, more than ${MAX_BYTES}`)
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new SwitchyardError(
      'CONFIG_UNREADABLE',
      `${file} cannot be read: ${reason}.`,
      { file },
      { cause: error }
    )
  }
}

/** Checked once more, because an override may be what makes a configuration unsafe. */
function overridden(
  result: ParseResult,
  { adminAuth }: ConfigOverrides,
  origin: ParseOptions
): ParseResult {
  if (!result.ok || adminAuth === undefined) return result
  const document = result.document as Readonly<Record<string, unknown>>
  const admin = (document.admin ?? {}) as Readonly<Record<string, unknown>>
  const changed = { ...document, admin: { ...admin, auth: adminAuth } }
  const checked = parseDocument(changed, origin)
  // The warnings of the file itself know their lines.
  return checked.ok ? { ...checked, warnings: result.warnings } : checked
}
