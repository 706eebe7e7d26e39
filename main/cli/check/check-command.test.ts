/** Contract: `check` says everything about a file at once, for people and for machines. */
import { beforeEach, expect, onTestFinished, test } from 'vitest'
import { temporaryFolder, type TemporaryFolder } from '../../../test/servers/temporary-folder.ts'
import { runCli } from '../run-cli.ts'
import { CapturedTerminal } from '../testing/captured-terminal.ts'

let folder: TemporaryFolder

beforeEach(() => {
  folder = temporaryFolder()
  onTestFinished(() => folder.remove())
})

async function check(text: string, ...options: string[]): Promise<{ code: number; out: string }> {
  const file = folder.write('switchyard.yaml', text)
  const terminal = new CapturedTerminal()
  const code = await runCli(['check', file, ...options], terminal)
  expect(terminal.stderr).toBe('')
  return { code, out: terminal.stdout.replaceAll(file, 'switchyard.yaml') }
}

const GOOD = `
pools:
  - name: api
    health_check: { type: tcp, interval: 3s, fast_interval: 3s, down_interval: 3s, timeout: 3s, jitter: 0%, unhealthy_threshold: 3, healthy_threshold: 2 }
    backends: [{ address: "10.0.0.1:80" }, { address: "10.0.0.2:80" }, { address: "10.0.0.3:80" }]
routes: [{ pool: api }]
`

test('a file without problems is summed up, with the times that its health checks mean', async () => {
  expect(await check(GOOD)).toEqual({
    code: 0,
    out: `switchyard.yaml can be run: 1 listener, 1 route, 1 pool, 3 backends.

Pool api (10.0.0.1:80 and 2 more): a killed backend is noticed within 9.0 s (at best 6.0 s), a frozen one within 18.0 s (at best 15.0 s); once it answers again it gets traffic within 6.0 s (at best 3.0 s), after a freeze within 9.0 s (at best 3.0 s).
`
  })
})

test('a file with problems names each with its line, column and nearest key', async () => {
  const { code, out } = await check(`pools:
  - name: api
    backend: [{ address: "10.0.0.1:80" }]
routes:
  - pool: apy
`)
  expect(code).toBe(2)
  expect(out).toMatch(
    /^switchyard\.yaml:3:5: error\[UNKNOWN_KEY\] .*\n +3 \| +backend:.*\n +\| +\^{7}\n/
  )
  expect(out).toContain('backends')
  expect(out).toContain('switchyard.yaml:5:11: error[UNKNOWN_REFERENCE]')
  expect(out).toMatch(/\n\nswitchyard\.yaml cannot be run: 2 problems\.\n$/)
})

test('warnings are shown and refuse nothing', async () => {
  const { code, out } = await check('pools: [{ name: api }]\nroutes: [{ pool: api }]\n')
  expect(code).toBe(0)
  expect(out).toContain('warning[NO_BACKENDS]')
  expect(out).toContain('can be run, with 1 warning: 1 listener, 1 route, 1 pool, 0 backends.')
})

test.each([
  [
    '{}',
    'Pool api (immediate): when its primaries are killed, traffic goes to the backups within 9.0 s (at best 6.0 s); once they answer again it begins to return within 16.0 s (at best 13.0 s), and all of it 10.0 s after that.'
  ],
  [
    '{ strategy: graceful, min_eligible: 2, failback: manual }',
    'Pool api (graceful): when its primaries are killed, traffic begins to move to the backups within 9.0 s (at best 6.0 s), all of it 30.0 s later; it returns when an operator deactivates the failover.'
  ],
  [
    '{ mode: spill }',
    'Pool api (spill): when its primaries are killed, traffic goes to the backups within 9.0 s (at best 6.0 s); once they answer again it begins to return within 6.0 s (at best 3.0 s).'
  ]
])(
  'a pool with levels and failover: %s is told when traffic moves and returns',
  async (failover, sentence) => {
    const { out } = await check(`
routes: [{ pool: api }]
pools:
  - name: api
    health_check: { interval: 3s, timeout: 3s, jitter: 0 }
    failover: ${failover}
    backends: [{ address: "a:80" }, { address: "b:80", failover: true }]
`)
    expect(out).toContain(sentence)
  }
)

test('--json prints one object with the same facts', async () => {
  const good = await check(GOOD, '--json')
  expect(good.code).toBe(0)
  expect(JSON.parse(good.out)).toMatchObject({
    file: 'switchyard.yaml',
    isValid: true,
    problems: [],
    warnings: [],
    summary: { listeners: 1, routes: 1, pools: 1, backends: 3 },
    detection: [
      {
        pool: 'api',
        backends: ['10.0.0.1:80', '10.0.0.2:80', '10.0.0.3:80'],
        times: { killed: { detection: { bestMs: 6000, worstMs: 9000 } } },
        sentence: expect.stringContaining('within 9.0 s')
      }
    ]
  })
  const bad = await check('pools: 5\n', '--json')
  expect(bad.code).toBe(2)
  expect(JSON.parse(bad.out)).toMatchObject({
    isValid: false,
    problems: [{ line: 1, column: 8, code: 'WRONG_TYPE' }],
    summary: null,
    detection: [],
    failover: []
  })
})
