/**
 * Contract: the alert rules that we ship are valid, fire when they should and not otherwise, read only
 * what /metrics really has, and are explained.
 */
import { execFile } from 'node:child_process'
import { request } from 'node:http'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { parse } from 'yaml'
import { readText, ROOT, tableRows } from '../architecture/markdown.ts'
import { CertificateAuthority } from '../servers/certificate-authority.ts'
import { configuration } from '../servers/configuration.ts'
import { ADMIN_TOKEN, EngineFixture, startBackends } from '../servers/engine-fixture.ts'
import { temporaryFolder } from '../servers/temporary-folder.ts'
import { programPath, requires } from '../setup/requirements.ts'

interface Rule {
  readonly alert?: string
  readonly record?: string
  readonly expr: string
  readonly for?: string
  readonly labels?: { readonly severity?: string }
  readonly annotations?: { readonly summary?: string; readonly description?: string }
}

const RULES_FILE = 'resources/alerts.yml'
const UNIT_TESTS = ['test/alerts/alerts.promtool.yml', 'test/alerts/slow-alerts.promtool.yml']
const SEVERITIES = ['critical', 'warning', 'info']

const rules = (
  parse(readText(RULES_FILE)) as { readonly groups: readonly { readonly rules: readonly Rule[] }[] }
).groups.flatMap((group) => group.rules)
const alerts = rules.filter((rule) => rule.alert !== undefined)

function promtool(...words: readonly string[]): Promise<{ code: number; output: string }> {
  return new Promise((resolve) => {
    const child = execFile(programPath('promtool'), words, { cwd: ROOT }, (_, out, err) =>
      resolve({ code: child.exitCode ?? -1, output: `${out}${err}` })
    )
  })
}

requires('promtool')('for Prometheus', () => {
  test('the rules are valid', async () => {
    const { code, output } = await promtool('check', 'rules', '--lint=all', RULES_FILE)
    expect([code, output]).toEqual([0, expect.stringContaining(`${rules.length} rules found`)])
  })

  test.each(UNIT_TESTS)(
    'each fires when it should, says %s',
    async (file) => {
      const { code, output } = await promtool('test', 'rules', file)
      expect([code, output]).toEqual([0, expect.stringContaining('SUCCESS')])
    },
    60_000
  )
})

test.each(alerts)('$alert says how severe it is, what is wrong and what to do', (rule) => {
  expect(SEVERITIES).toContain(rule.labels?.severity)
  expect(rule.for).toMatch(/^\d+[smhd]$/)
  expect(rule.annotations?.summary).toMatch(/^\S.*[^.]$/)
  expect(rule.annotations?.description).toMatch(/^[A-Z].*\.$/)
})

test('no two alerts have the same name, and each has a unit test', () => {
  const names = alerts.map(({ alert }) => alert)
  expect(new Set(names).size).toBe(names.length)
  const tested = UNIT_TESTS.map((file) => readText(file)).join('')
  expect(names.filter((name) => !tested.includes(`"${name}"`))).toEqual([])
})

test('the guide explains every alert, and no other one', () => {
  const rows = tableRows(readText('docs/guides/alerts.md'), '## The alerts')
  expect(rows.map(([name, severity]) => `${name} ${severity}`)).toEqual(
    alerts.map(({ alert, labels }) => `\`${alert}\` ${labels?.severity}`)
  )
})

test('every rule reads only metrics and labels that a real engine has', async () => {
  const page = await realPage()
  expect(rules.flatMap((rule) => missingFrom(page, rule))).toEqual([])
})

test('that is able to fail', async () => {
  const page = await realPage()
  const missing = (expr: string): readonly string[] => missingFrom(page, { alert: 'A', expr })
  expect(missing('switchyard_backend_uq == 0')).toEqual(['A: switchyard_backend_uq'])
  expect(missing('switchyard_pool_responses_total{class="6xx"} > 0')).toEqual(['A: class="6xx"'])
  expect(missing('sum by (poool) (switchyard_ready)')).toEqual(['A: by poool'])
})

/** What /metrics says of an engine that has everything the rules are about. */
async function realPage(): Promise<string> {
  const backends = await startBackends('a', 'b')
  const folder = temporaryFolder()
  onTestFinished(() => folder.remove())
  const { certPem, keyPem } = new CertificateAuthority().issue({ names: ['a.test'] })
  const certificates = [
    { cert: folder.write('a.pem', certPem), key: folder.write('a.key', keyPem) }
  ]
  const fixture = await EngineFixture.start(
    configuration({
      backends: [
        { address: backends[0]!.address },
        { address: backends[1]!.address, failover: true }
      ],
      listeners: [{ name: 'secure', address: '127.0.0.1:0', tls: { certificates } }],
      pool: { health_check: { type: 'tcp' } },
      route: {
        name: 'api',
        rate_limit: { requests: 100, per: '1m' },
        buffer: { mode: 'store' }
      },
      top: { buffer: { directory: join(folder.path, 'buffer') } }
    })
  )
  await fixture.get('/')
  fixture.engine.noteNotifications({
    events: [],
    channels: [
      {
        channel: 'mail',
        type: 'email',
        delivered: 1,
        failed: 0,
        retried: 0,
        heldBack: 0,
        dropped: 0,
        waiting: 0,
        lastDeliveryMs: null
      }
    ]
  })
  return scrape(fixture)
}

function missingFrom(page: string, { alert, record, expr }: Rule): readonly string[] {
  const lines = page.split('\n')
  const missing: string[] = []
  const selectors = expr.matchAll(/\b((?:switchyard|veloflux|process)_\w+)(?:\{([^}]*)\})?/g)
  for (const [, name = '', matchers = ''] of selectors) {
    const samples = lines.filter(
      (line) => line.startsWith(`${name}{`) || line.startsWith(`${name} `)
    )
    if (samples.length === 0) missing.push(name)
    for (const [pair, label] of matchers.matchAll(/(\w+)="[^"]*"/g)) {
      if (label === 'job' || samples.some((line) => line.includes(pair))) continue
      missing.push(pair)
    }
  }
  const labels = new Set([
    'job',
    'instance',
    ...[...page.matchAll(/(\w+)="/g)].map(([, one]) => one)
  ])
  for (const [, list = ''] of expr.matchAll(/\b(?:by|on) \(([^)]*)\)/g)) {
    missing.push(
      ...list
        .split(', ')
        .filter((one) => !labels.has(one))
        .map((one) => `by ${one}`)
    )
  }
  return missing.map((what) => `${alert ?? record ?? ''}: ${what}`)
}

function scrape(fixture: EngineFixture): Promise<string> {
  const { host, port } = fixture.engine.adminAddress!
  const headers = { authorization: `Bearer ${ADMIN_TOKEN}` }
  return new Promise((resolve, reject) => {
    request({ host, port, path: '/metrics', headers, agent: false }, (response) => {
      let text = ''
      response.on('data', (bytes: Buffer) => (text += bytes.toString()))
      response.on('end', () => resolve(text))
    })
      .on('error', reject)
      .end()
  })
}
