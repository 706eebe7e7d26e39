/**
 * The three ways of the example around api-flow keep their promise: a request that was accepted reaches
 * the service, whatever is killed meanwhile, and each case stays with its server and in its order.
 */
import { expect, test } from 'vitest'
import { eventually } from '../servers/eventually.ts'
import { ExampleRun } from './example-run.ts'
import { pause } from './stage.ts'

const CASES = Array.from({ length: 12 }, (_, id) => id)
const STEPS = ['/1', '/2', '/3', '/4', '/5']
/** So long a server is away: its health check has noticed by then. */
const AWAY_MS = 2500

test('one server: who asks while it is away gets its answer once it is back', async () => {
  const run = await ExampleRun.create()
  const first = await run.server('api-flow-0')
  await run.balancer('1-one-server.yaml')
  expect(await run.send(17, '/1')).toMatchObject({ status: 200 })
  await first.stop('SIGKILL')
  const waiting = CASES.map((id) => run.send(id, '/2'))
  await pause(AWAY_MS)
  await run.server('api-flow-0')
  for (const answer of await Promise.all(waiting)) {
    expect(answer).toMatchObject({ status: 200, body: expect.stringContaining('POST /2') })
  }
})

test('several balancers: what one of them has accepted outlives the server and the balancer', async () => {
  const run = await ExampleRun.create()
  const [server, a] = [await run.server('api-flow-0'), await run.balancer('2-balancer-a.yaml')]
  await run.balancer('2-balancer-b.yaml')
  await run.balancer('2-service.yaml')
  await server.stop('SIGKILL')
  for (const id of CASES) {
    const answer = await run.send(id, '/1')
    expect(answer).toMatchObject({
      status: 202,
      location: expect.stringMatching(/^\/\.switchyard\//)
    })
  }
  await a.stop('SIGKILL')
  await eventually(
    'the other balancer takes every case',
    async () => {
      const answers = await Promise.all(CASES.map((id) => run.send(id, '/2')))
      return answers.every(({ status }) => status === 202)
    },
    30_000
  )
  await run.server('api-flow-0')
  await run.balancer('2-balancer-a.yaml')
  await eventually(
    'every step has come',
    () => CASES.every((id) => run.stepsOf(id).length === 2),
    60_000
  )
})

test('three servers: a case stays with its server and in its order, and others pass it', async () => {
  const run = await ExampleRun.create()
  const names = ['api-flow-0', 'api-flow-1', 'api-flow-2']
  const servers = []
  for (const name of names) servers.push(await run.server(name))
  await run.balancer('3-three-servers.yaml')
  const send = async (path: string): Promise<void> => {
    for (const id of CASES) expect(await run.send(id, path)).toMatchObject({ status: 202 })
  }
  const haveCome = (ids: readonly number[], count: number) => (): boolean =>
    ids.every((id) => run.stepsOf(id).length === count)
  await send(STEPS[0]!)
  await eventually('the first steps', haveCome(CASES, 1), 30_000)
  const home = new Map(CASES.map((id) => [id, run.serversOf(id)]))
  expect(new Set([...home.values()].flat())).toEqual(new Set(names))
  await servers[1]!.stop('SIGKILL')
  for (const path of STEPS.slice(1)) await send(path)
  const others = CASES.filter((id) => home.get(id)![0] !== names[1])
  await eventually('all steps of the others', haveCome(others, STEPS.length), 30_000)
  await run.server('api-flow-1')
  await eventually('all steps of all', haveCome(CASES, STEPS.length), 60_000)
  for (const id of CASES) {
    expect(run.stepsOf(id)).toEqual(STEPS)
    expect(run.serversOf(id)).toEqual(home.get(id))
  }
})
