/** Contract: the manifests agree with each other and with what the product really serves. */
import { spawn } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { parseAllDocuments } from 'yaml'
import { z } from 'zod'
import { ADMIN_ROUTES } from '../../proxy-core/admin/routes.ts'
import { loadConfig } from '../../proxy-core/config/load-config.ts'
import { configuration } from '../servers/configuration.ts'
import { EngineFixture, settingsOf, startBackend } from '../servers/engine-fixture.ts'
import { gate } from '../servers/gate.ts'

const ROOT = fileURLToPath(new URL('../../', import.meta.url))
const FOLDER = `${ROOT}resources/kubernetes/`

function manifest<T>(file: string, schema: z.ZodType<T>, index = 0): T {
  const documents = parseAllDocuments(readFileSync(`${FOLDER}${file}`, 'utf8'))
  return schema.parse(documents[index]?.toJS())
}

const probe = z.object({
  exec: z.object({ command: z.array(z.string()) }),
  periodSeconds: z.number()
})
const mount = z.object({ name: z.string(), mountPath: z.string() })
const container = z.object({
  image: z.string(),
  workingDir: z.string(),
  command: z.array(z.string()),
  args: z.array(z.string()),
  ports: z.array(z.object({ name: z.string(), containerPort: z.number() })),
  startupProbe: probe,
  livenessProbe: probe,
  readinessProbe: probe,
  lifecycle: z.object({ preStop: z.object({ exec: z.object({ command: z.array(z.string()) }) }) }),
  volumeMounts: z.array(mount)
})
const labels = z.record(z.string(), z.string())
const deploymentSchema = z.object({
  spec: z.object({
    selector: z.object({ matchLabels: labels }),
    template: z.object({
      metadata: z.object({ labels }),
      spec: z.object({
        terminationGracePeriodSeconds: z.number(),
        containers: z.tuple([container]),
        volumes: z.array(
          z.object({ name: z.string(), configMap: z.object({ name: z.string() }).optional() })
        )
      })
    })
  })
})
const configMapSchema = z.object({
  metadata: z.object({ name: z.string() }),
  data: z.record(z.string(), z.string())
})
const serviceSchema = z.object({
  spec: z.object({ selector: labels, ports: z.array(z.object({ targetPort: z.string() })) })
})

const pod = manifest('deployment.yaml', deploymentSchema).spec.template
const [subject] = pod.spec.containers
const configMap = manifest('configmap.yaml', configMapSchema)
const yaml = configMap.data['switchyard.yaml'] ?? ''
const settings = settingsOf(yaml)

test('the configuration loads without problems and without warnings', () => {
  const loaded = loadConfig(yaml, { file: 'switchyard.yaml', baseDir: '/' })
  expect(loaded.ok ? [] : loaded.problems).toEqual([])
  expect(loaded.warnings).toEqual([])
})

test('the argument names the file of the ConfigMap where it is mounted', () => {
  const volume = pod.spec.volumes.find(
    ({ configMap: map }) => map?.name === configMap.metadata.name
  )
  const mounted = subject.volumeMounts.find(({ name }) => name === volume?.name)
  expect(subject.args).toEqual(['run', `${mounted?.mountPath}/switchyard.yaml`])
})

test('the command exists and the image has what it needs', () => {
  expect(subject.command).toEqual(['node', 'bin/switchyard.cjs'])
  expect(existsSync(`${ROOT}${subject.command[1]}`)).toBe(true)
  const recipe = readFileSync(`${FOLDER}Containerfile`, 'utf8')
  expect(recipe).toContain(`WORKDIR ${subject.workingDir}`)
  const { version } = z
    .object({ version: z.string() })
    .parse(JSON.parse(readFileSync(`${ROOT}package.json`, 'utf8')))
  expect(subject.image).toBe(`switchyard:${version}`)
  expect(recipe).toContain(subject.image)
})

test('container port, Service and listener agree', () => {
  const service = manifest('service.yaml', serviceSchema)
  expect(subject.ports.map(({ containerPort }) => containerPort)).toEqual(
    settings.listeners.map(({ address }) => address.port)
  )
  expect(service.spec.ports.map(({ targetPort }) => targetPort)).toEqual(
    subject.ports.map(({ name }) => name)
  )
  expect(pod.metadata.labels).toMatchObject(service.spec.selector)
  expect(settings.listeners.every(({ address }) => address.host === '0.0.0.0')).toBe(true)
})

test.each([
  ['startupProbe', '/health/live'],
  ['livenessProbe', '/health/live'],
  ['readinessProbe', '/health/ready']
] as const)('the %s asks a path that the admin API has, on its address', (name, path) => {
  const url = new URL(/'(http:[^']+)'/.exec(subject[name].exec.command.join(' '))?.[1] ?? '')
  expect(ADMIN_ROUTES.map((route) => route.path)).toContain(path)
  expect(url.pathname).toBe(path)
  expect(url.host).toBe(`${settings.admin.address.host}:${settings.admin.address.port}`)
})

test('the grace period holds preStop and the shutdown timeout', () => {
  const preStopS = Number(subject.lifecycle.preStop.exec.command[1])
  const shutdownS = settings.shutdownTimeoutMs / 1000
  expect(pod.spec.terminationGracePeriodSeconds).toBeGreaterThan(preStopS + shutdownS)
})

/** Runs a probe as the kubelet would, against the admin port of this test. */
function runProbe(name: 'livenessProbe' | 'readinessProbe', port: number): Promise<number | null> {
  const [, ...args] = subject[name].exec.command.map((part) => part.replace(':9000', `:${port}`))
  return new Promise((resolve) => {
    spawn(process.execPath, args, { stdio: 'ignore' }).on('close', (code) => resolve(code))
  })
}

test('the probes pass while it serves, readiness fails while it stops, both fail when it is gone', async () => {
  const backend = await startBackend('app')
  const held = gate()
  backend.script = async (exchange) => {
    await held.opened
    exchange.respond()
  }
  const fixture = await EngineFixture.start(configuration({ backends: [backend] }))
  const port = fixture.engine.adminAddress?.port ?? 0
  expect(await runProbe('livenessProbe', port)).toBe(0)
  expect(await runProbe('readinessProbe', port)).toBe(0)
  const client = await fixture.connect()
  client.send('GET /slow HTTP/1.1\r\nHost: a.test\r\n\r\n')
  await backend.received(1)
  const stopped = fixture.stop()
  expect(await runProbe('livenessProbe', port)).toBe(0)
  expect(await runProbe('readinessProbe', port)).toBe(1)
  held.open()
  await stopped
  expect(await runProbe('livenessProbe', port)).toBe(1)
})
