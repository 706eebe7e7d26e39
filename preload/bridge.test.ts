/** The preload bridge: the page gets named calls and nothing of Electron itself. */
import { describe, expect, test } from 'vitest'
import { createBridge } from './bridge.ts'

describe('createBridge', () => {
  test('asks the host on the hello channel and passes its answer on', async () => {
    const asked: string[] = []
    const bridge = createBridge({
      invoke(channel) {
        asked.push(channel)
        return Promise.resolve({ version: '1.2.3' })
      }
    })
    await expect(bridge.hello()).resolves.toEqual({ version: '1.2.3' })
    expect(asked).toEqual(['switchyard:hello'])
  })

  test('offers the named calls and nothing else', () => {
    const bridge = createBridge({ invoke: () => Promise.resolve(null) })
    expect(Object.keys(bridge)).toEqual(['hello'])
  })
})
