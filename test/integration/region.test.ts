/** Contract: an engine that knows where it runs keeps traffic there while that is possible. */
import { expect, test } from 'vitest'
import { configuration } from '../servers/configuration.ts'
import { EngineFixture, startBackends } from '../servers/engine-fixture.ts'

test('the region of the instance serves, and the other when it is lost, without an error', async () => {
  const [east, west] = await startBackends('east', 'west')
  const fixture = await EngineFixture.start(
    configuration({
      backends: [
        { address: west!.address, region: 'us-west' },
        { address: east!.address, region: 'us-east' }
      ],
      top: { region: 'us-east' }
    })
  )
  const names = async (): Promise<string[]> => {
    const answers = [await fixture.get('/'), await fixture.get('/'), await fixture.get('/')]
    return answers.map(({ status, body }) => `${status} ${/^\w+/.exec(body)?.[0]}`)
  }
  expect(await names()).toEqual(['200 east', '200 east', '200 east'])
  await east!.stop()
  expect(await names()).toEqual(['200 west', '200 west', '200 west'])
  fixture.engine.setAdminState('main', east!.address, 'maint', 'test')
  expect(await names()).toEqual(['200 west', '200 west', '200 west'])
  expect(fixture.pool().activeLevel).toBe(0)
})
