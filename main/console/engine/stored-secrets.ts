/** `{ secret: name }` of a configuration, read from the console's store before an engine gets it. */
import { putStoredSecrets, storedSecretNames } from '../../../proxy-core/config/resolve-secrets.ts'
import { formatPath } from '../../../proxy-core/model/config-problem.ts'
import type { EngineLoad, LoadOutcome } from '../../engine-host/engine-link.ts'
import type { SecretStore } from '../secrets/secret-store.ts'

export type SecretReader = Pick<SecretStore, 'get'>

export type FilledLoad =
  { readonly ok: true; readonly load: EngineLoad } | Extract<LoadOutcome, { ok: false }>

/**
 * A secret that is not stored refuses the configuration as the engine would. Rejects with
 * SECRET_STORE_LOCKED or STATE_UNUSABLE when the store cannot be read.
 */
export async function withStoredSecrets(
  load: EngineLoad,
  secrets: SecretReader
): Promise<FilledLoad> {
  const values = await storedValues(load.document, secrets)
  const { document, findings } = putStoredSecrets(load.document, values)
  if (findings.length === 0) return { ok: true, load: { ...load, document } }
  const problems = findings.map(({ path, message }) => ({ path: formatPath(path), message }))
  const reason = `${load.file} names ${problems.length === 1 ? 'a secret that is' : 'secrets that are'} not stored.`
  return { ok: false, code: 'CONFIG_INVALID', reason, problems }
}

/** What the store has of the names in the document. Rejects as `withStoredSecrets`. */
export async function storedValues(
  document: unknown,
  secrets: SecretReader
): Promise<ReadonlyMap<string, string>> {
  const values = new Map<string, string>()
  for (const name of storedSecretNames(document)) {
    const value = await secrets.get(name)
    if (value !== null) values.set(name, value)
  }
  return values
}
