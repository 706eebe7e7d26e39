/** Contract: names come out and values do not; what an operator did with which one is audited. */
import { expect, test } from 'vitest'
import type { MethodHandlers } from '../../contract/method-handlers.ts'
import { MemorySecretStore } from './memory-secret-store.ts'
import { secretHandlers } from './secret-handlers.ts'

const CALL = { actor: 'operator (browser)', signal: new AbortController().signal }

function fixture(): {
  handlers: Pick<MethodHandlers, 'secrets.list' | 'secrets.save' | 'secrets.forget'>
  store: MemorySecretStore
  audited: string[]
} {
  const store = new MemorySecretStore(null)
  const audited: string[] = []
  const audit = { record: ({ action }: { action: string }) => void audited.push(action) }
  return { handlers: secretHandlers(store, audit as never), store, audited }
}

test('a secret is saved, replaced, listed and forgotten by its name', async () => {
  const { handlers, store, audited } = fixture()
  await handlers['secrets.save']({ name: 'smtp', value: 'hunter2' }, CALL)
  await handlers['secrets.save']({ name: 'hook', value: 'hunter3' }, CALL)
  const saved = await handlers['secrets.save']({ name: 'smtp', value: 'hunter4' }, CALL)
  expect(saved).toEqual({ names: ['hook', 'smtp'] })
  expect(await store.get('smtp')).toBe('hunter4')
  expect(await handlers['secrets.list']({}, CALL)).toEqual({ names: ['hook', 'smtp'] })
  expect(await handlers['secrets.forget']({ name: 'smtp' }, CALL)).toEqual({ names: ['hook'] })
  await handlers['secrets.forget']({ name: 'nobody' }, CALL)
  expect(audited).toEqual([
    'Save the secret smtp',
    'Save the secret hook',
    'Replace the secret smtp',
    'Forget the secret smtp'
  ])
  expect(audited.join()).not.toContain('hunter')
})
