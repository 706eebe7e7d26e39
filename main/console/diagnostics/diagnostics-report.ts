/**
 * The diagnostics as text. The configuration, environment variables and secrets are not among its
 * facts, so it can be pasted where others read it.
 */
import type { Diagnostics } from '../../../preload/contract/methods/console-methods.ts'
import { spellDuration } from '../live/wording.ts'

export interface ReportFacts extends Omit<Diagnostics, 'report'> {
  readonly takenAtMs: number
  readonly upMs: number
  /** Of the control plane. */
  readonly pid: number
  readonly processors: number
  readonly heapBytes: number
  readonly sqliteVersion: string
  readonly enginePhase: string
  readonly engineReason: string | null
  /** null: in memory. */
  readonly historyFile: string | null
  readonly historyTrouble: string | null
  readonly historyTransactions: number
  readonly historyDropped: number
  readonly workspaceSize: string
}

export function diagnosticsReport(facts: ReportFacts): string {
  const electron = facts.electronVersion === null ? '' : `, Electron ${facts.electronVersion}`
  const restarts = `${facts.engineRestarts} restart${facts.engineRestarts === 1 ? '' : 's'}`
  const lines: readonly (readonly [string, string])[] = [
    ['Switchyard', facts.version],
    ['Taken', new Date(facts.takenAtMs).toISOString()],
    ['Runtime', `Node.js ${facts.nodeVersion}${electron}, SQLite ${facts.sqliteVersion}`],
    ['System', `${facts.platform}, ${facts.processors} processors`],
    ['Console', `process ${facts.pid}, up ${spellDuration(facts.upMs)}`],
    ['Memory', `${mebibytes(facts.residentBytes)} resident, ${mebibytes(facts.heapBytes)} heap`],
    ['Event loop', `99 % of its turns at most ${facts.loopLagP99Ms} ms late`],
    ['Engine', `${facts.enginePhase}, process ${facts.enginePid ?? 'none'}, ${restarts}`],
    ['Engine, last', facts.engineReason ?? 'no death or refusal'],
    ['Workspace', facts.workspaceSize || 'not told'],
    ['History', historyLine(facts)],
    ['History, state', facts.historyTrouble ?? 'well'],
    ['Secrets', facts.secretStore.description],
    ['State folder', facts.stateFolder],
    ['Settings', facts.settingsFile]
  ]
  const width = Math.max(...lines.map(([name]) => name.length))
  return `${lines.map(([name, value]) => `${name.padEnd(width)}  ${value}`).join('\n')}\n`
}

function historyLine({ historyFile, historyTransactions, historyDropped }: ReportFacts): string {
  const where = historyFile ?? 'in memory'
  return `${where}, ${historyTransactions} transactions, ${historyDropped} rows given up`
}

function mebibytes(bytes: number): string {
  return `${(bytes / 1024 / 1024).toFixed(1)} MiB`
}
