/** The command line of the benchmark. */
import { parseArgs } from 'node:util'

export const PARTS = ['comparison', 'backends', 'routes', 'idle'] as const
export type Part = (typeof PARTS)[number]

export interface BenchArguments {
  readonly isQuick: boolean
  /** Names of proxies, loads or parts; empty = all. */
  readonly only: readonly string[]
  /** null: as many as each measurement has by itself. */
  readonly rounds: number | null
  readonly writesDocument: boolean
  /** Switchyard's engine from source, without the control plane. */
  readonly isDirect: boolean
}

export const USAGE = `Usage: npm run bench -- [--quick] [--only <name>]... [--rounds <n>] [--direct] [--write]

  --quick         tiny GET, 64 connections, HAProxy and Switchyard only, under 90 seconds
  --only <name>   a proxy (haproxy, nginx, http-proxy, "http-proxy keep-alive", undici, switchyard, "switchyard full"),
                  a load (tiny, 10kb, 1mb, post, close) or a part (${PARTS.join(', ')});
                  may be repeated
  --rounds <n>    rounds of every measurement, 1 to 20
  --direct        Switchyard's engine from source, without build and control plane
  --write         put the results into docs/performance.md (needs a complete run)

Exit code: 0 all gates passed, 1 a gate failed, 2 wrong usage or the run broke off.`

/** Throws with a sentence for the user. */
export function parseBenchArguments(
  args: readonly string[],
  known: readonly string[]
): BenchArguments {
  const { values } = parseArgs({
    args: [...args],
    options: {
      quick: { type: 'boolean', default: false },
      only: { type: 'string', multiple: true, default: [] },
      rounds: { type: 'string' },
      direct: { type: 'boolean', default: false },
      write: { type: 'boolean', default: false }
    }
  })
  const stranger = values.only.find((name) => !known.includes(name))
  if (stranger !== undefined) {
    throw new Error(`--only knows no "${stranger}"; it knows: ${known.join(', ')}.`)
  }
  if (values.write && (values.quick || values.direct || values.only.length > 0)) {
    throw new Error('--write needs a complete run: leave out --quick, --direct and --only.')
  }
  return {
    isQuick: values.quick,
    only: values.only,
    rounds: values.rounds === undefined ? null : roundCount(values.rounds),
    writesDocument: values.write,
    isDirect: values.direct
  }
}

function roundCount(text: string): number {
  const rounds = Number(text)
  if (!Number.isInteger(rounds) || rounds < 1 || rounds > 20) {
    throw new Error('--rounds takes a whole number from 1 to 20.')
  }
  return rounds
}
