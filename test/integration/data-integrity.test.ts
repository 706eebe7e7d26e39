/**
 * Contract: whatever clients and backends do to each other, every response that a client takes
 * for complete is the whole answer to exactly its request, nothing unsafe is done twice, and
 * afterwards nothing is held any more.
 *
 * The seed of a failed run stands in its message; `SWITCHYARD_SEED` repeats it.
 */
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { expect, onTestFinished, test } from 'vitest'
import { delayWrites } from '../../proxy-core/transport/testing/held-writes.ts'
import { CertificateAuthority } from '../servers/certificate-authority.ts'
import { EngineFixture } from '../servers/engine-fixture.ts'
import { eventually } from '../servers/eventually.ts'
import { RecordingBackend } from '../servers/recording-backend.ts'
import { type SeededRandom } from '../servers/seeded-random.ts'
import { temporaryFolder } from '../servers/temporary-folder.ts'
import { perform } from '../servers/random-answers.ts'
import { converse } from '../servers/random-client.ts'
import { RandomRun } from '../servers/random-run.ts'

const MEGABYTE = 1_048_576

const CLIENTS = 24

const CONNECTIONS_OF_A_CLIENT = 10

/** What 64 large read buffers and the garbage of a run may leave behind. */
const MEMORY_SLACK = 64 * MEGABYTE

const AUTHORITY = new CertificateAuthority()

async function startEverything(
  run: RandomRun
): Promise<{ fixture: EngineFixture; backends: RecordingBackend[] }> {
  const folder = temporaryFolder()
  onTestFinished(() => folder.remove())
  const pair = AUTHORITY.issue({ names: ['a.test'] })
  const certificates = [
    { cert: folder.write('a.pem', pair.certPem), key: folder.write('a.key', pair.keyPem) }
  ]
  const ca = folder.write('ca.pem', AUTHORITY.certPem)
  const start = async (tls: boolean): Promise<RecordingBackend> => {
    const random = run.random.fork()
    const backend = await RecordingBackend.start({
      script: (exchange) => perform(run, random, exchange),
      ...(tls ? { tls: { cert: pair.certPem, key: pair.keyPem } } : {})
    })
    onTestFinished(() => backend.stop())
    return backend
  }
  const open = [await start(false), await start(false), await start(false)]
  const sealed = [await start(true), await start(true)]
  const pool = (name: string, backends: readonly RecordingBackend[], more: object): object => ({
    name,
    max_connections: 4,
    queue: { size: 10_000, timeout: '1m' },
    backends: backends.map(({ address }) => ({ address })),
    ...more
  })
  const document = {
    version: 1,
    admin: { address: '127.0.0.1:0' },
    listeners: [
      { name: 'web', address: '127.0.0.1:0' },
      { name: 'secure', address: '127.0.0.1:0', tls: { certificates } }
    ],
    routes: [
      { path_prefix: '/open', pool: 'open' },
      { path_prefix: '/sealed', pool: 'sealed' }
    ],
    pools: [
      pool('open', open, { algorithm: 'least_conn' }),
      pool('sealed', sealed, { tls: { ca, server_name: 'a.test' } })
    ]
  }
  const fixture = await EngineFixture.start(JSON.stringify(document))
  return { fixture, backends: [...open, ...sealed] }
}

/** Every other write of the engine finds no room at first, as with peers that are far away. */
function crowdKernel(
  run: RandomRun,
  fixture: EngineFixture,
  backends: readonly RecordingBackend[]
): void {
  const random = run.random.fork()
  const ours = new Set([fixture.port('web'), fixture.port('secure')])
  const theirs = new Set(backends.map(({ port }) => port))
  delayWrites(
    ({ localPort, remotePort }) => ours.has(localPort ?? 0) || theirs.has(remotePort ?? 0),
    () => (random.chance(0.5) ? random.below(6) : 0)
  )
}

/** Everything that was lent has come back. */
function isAtRest({ engine }: EngineFixture): boolean {
  return (
    engine.listeners.every(
      ({ connections, counters }) => connections === 0 && counters.inFlight === 0
    ) &&
    engine.pools.every(
      ({ counters, backends }) =>
        counters.inFlight === 0 &&
        counters.queued === 0 &&
        backends.every(({ load, counters: its }) => load === 0 && its.inFlight === 0)
    )
  )
}

function collectGarbage(): void {
  setFlagsFromString('--expose-gc')
  ;(runInNewContext('gc') as () => void)()
}

/** Buffers outside the heap, after everything that can go is gone. */
function bufferBytes(): number {
  collectGarbage()
  return process.memoryUsage().arrayBuffers
}

test('random conversations are never mixed up, cut unnoticed or done twice, and leave nothing', async () => {
  const seed = Number(process.env['SWITCHYARD_SEED'] ?? Math.floor(Math.random() * 2 ** 32))
  const run = new RandomRun(seed)
  const { fixture, backends } = await startEverything(run)
  crowdKernel(run, fixture, backends)
  const host = { fixture, ca: AUTHORITY.certPem }
  const before = bufferBytes()
  const client = async (name: string, random: SeededRandom): Promise<void> => {
    for (let n = 0; n < CONNECTIONS_OF_A_CLIENT; n += 1) {
      await converse(run, host, random, `${name}.${n}`)
      for (const backend of backends) {
        run.mistakes.push(...backend.violations)
        backend.forget()
      }
    }
  }
  await Promise.all(
    Array.from({ length: CLIENTS }, (_, index) => client(`c${index}`, run.random.fork()))
  )
  expect(run.mistakes, `seed ${seed}`).toEqual([])
  expect(run.answered, `seed ${seed}`).toBeGreaterThan(CLIENTS * CONNECTIONS_OF_A_CLIENT)
  await eventually(`rest after seed ${seed}`, () => isAtRest(fixture))
  expect(fixture.eventsOf('fault'), `seed ${seed}`).toEqual([])
  run.plans.clear()
  for (const backend of backends) backend.forget()
  // The collector frees array buffers on a thread of its own, a moment after `gc` has returned.
  await eventually(`memory after seed ${seed}`, () => bufferBytes() - before < MEMORY_SLACK)
}, 30_000)
