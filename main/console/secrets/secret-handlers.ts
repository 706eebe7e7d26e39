/** Calls of the contract about stored secrets: a value goes in and never out. */
import type { MethodHandlers } from '../../contract/method-handlers.ts'
import type { AuditLog } from '../history/audit-log.ts'
import type { SecretStore } from './secret-store.ts'

/** Who saved or forgot which one is audited; the value is nobody's to read. */
export function secretHandlers(
  store: SecretStore,
  audit: Pick<AuditLog, 'record'>
): Pick<MethodHandlers, 'secrets.list' | 'secrets.save' | 'secrets.forget'> {
  const names = (): { names: string[] } => ({ names: [...store.names] })
  return {
    'secrets.list': names,
    async 'secrets.save'({ name, value }, { actor }) {
      const isNew = !store.names.includes(name)
      await store.set(name, value)
      const action = `${isNew ? 'Save' : 'Replace'} the secret ${name}`
      audit.record({ actor, action, reason: '', outcome: 'done' })
      return names()
    },
    async 'secrets.forget'({ name }, { actor }) {
      const isKnown = store.names.includes(name)
      await store.delete(name)
      const action = `Forget the secret ${name}`
      if (isKnown) audit.record({ actor, action, reason: '', outcome: 'done' })
      return names()
    }
  }
}
