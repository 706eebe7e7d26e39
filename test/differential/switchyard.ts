/** Switchyard itself, in this process, with a body limit so that impossible lengths are refused. */
import { Engine } from '../../proxy-core/engine/engine.ts'
import { EMPTY_OVERLAY } from '../../proxy-core/engine/engine-view.ts'
import { systemClock } from '../../proxy-core/time/clock.ts'
import { configuration } from '../servers/configuration.ts'
import { settingsOf } from '../servers/engine-fixture.ts'
import type { ProxyUnderTest } from './proxy-under-test.ts'

export const switchyard: ProxyUnderTest = {
  name: 'switchyard',
  label: () => 'Switchyard',
  async start(backendPorts) {
    const engine = new Engine({
      clock: systemClock,
      random: Math.random,
      resolver: { resolve: () => Promise.resolve(['127.0.0.1']) },
      version: '0.0.0-test',
      onEvent: () => undefined,
      adminToken: 'unused'
    })
    const backends = backendPorts.map((port) => `127.0.0.1:${port}`)
    const yaml = configuration({ backends, route: { body_limit: '10MB' } })
    await engine.start(settingsOf(yaml), EMPTY_OVERLAY)
    const address = engine.listeners[0]?.address ?? ''
    return {
      port: Number(address.slice(address.lastIndexOf(':') + 1)),
      async stop() {
        await engine.stop()
      }
    }
  }
}
