/**
 * `node [--expose-gc] test/bench/engine-main.ts <settings.json | config.yaml>`: the engine in
 * this process, without a control plane. SIGTERM drains and ends it, SIGUSR2 collects
 * garbage and prints "collected".
 */
import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { loadConfig } from '../../proxy-core/config/load-config.ts'
import { Engine } from '../../proxy-core/engine/engine.ts'
import { EMPTY_OVERLAY } from '../../proxy-core/engine/engine-view.ts'
import type { EngineEvent } from '../../proxy-core/model/engine-event.ts'
import type { EngineSettings } from '../../proxy-core/model/settings.ts'
import { SystemResolver } from '../../proxy-core/resolve/resolver.ts'
import { systemClock } from '../../proxy-core/time/clock.ts'
import { ownVersion } from './tool-version.ts'

const EXIT_USAGE = 2

/** JSON holds resolved settings as they are; anything else is a configuration file. */
function settingsFrom(file: string): EngineSettings {
  const text = readFileSync(file, 'utf8')
  if (file.endsWith('.json')) return JSON.parse(text) as EngineSettings
  const result = loadConfig(text, { file, baseDir: dirname(resolve(file)) })
  if (result.ok) return result.settings
  throw new Error(
    result.problems.map(({ line, column, message }) => `${line}:${column} ${message}`).join('\n')
  )
}

function report(event: EngineEvent): void {
  if ('reason' in event) process.stderr.write(`${event.kind}: ${event.reason}\n`)
}

async function main(file: string): Promise<void> {
  const engine = new Engine({
    clock: systemClock,
    random: Math.random,
    resolver: new SystemResolver(),
    version: ownVersion(),
    onEvent: report,
    adminToken: randomBytes(16).toString('hex')
  })
  process.on('SIGUSR2', () => {
    globalThis.gc?.()
    process.stdout.write('collected\n')
  })
  process.on('SIGTERM', () => {
    // Leaving by exit() lets Node write a CPU profile.
    void engine.stop().finally(() => process.exit())
  })
  await engine.start(settingsFrom(file), EMPTY_OVERLAY)
}

const file = process.argv[2]
if (file === undefined) {
  console.error('Usage: node test/bench/engine-main.ts <settings.json | config.yaml>')
  process.exitCode = EXIT_USAGE
} else {
  await main(file)
}
