/** What a run measures, from its command line. */
import { PARTS, type BenchArguments, type Part } from './bench-arguments.ts'
import { fullCells, LOADS, quickCells, type Cell } from './loads.ts'
import type { ProxyName, ProxyUnderTest } from './proxy-under-test.ts'
import { withoutControlPlane } from './rivals/switchyard.ts'

export interface BenchPlan {
  readonly cells: readonly Cell[]
  readonly proxies: readonly ProxyUnderTest[]
  readonly parts: readonly Part[]
  /** Of the scaling measurements. */
  readonly scalingRounds: number
  readonly limitSeconds: number
  readonly repeatSeconds: number
}

const QUICK_PROXIES: readonly ProxyName[] = ['haproxy', 'switchyard', 'switchyard full']
const SCALING_ROUNDS = 3
const QUICK = { limitSeconds: 85, repeatSeconds: 25 } as const
const FULL = { limitSeconds: 1470, repeatSeconds: 200 } as const

export function planOf(wanted: BenchArguments, allProxies: readonly ProxyUnderTest[]): BenchPlan {
  const chosen = (name: string, among: readonly string[]): boolean => {
    const choice = wanted.only.filter((each) => among.includes(each))
    return choice.length === 0 || choice.includes(name)
  }
  const proxyNames = allProxies.map((proxy) => proxy.name)
  const proxies = allProxies
    .filter((proxy) => !wanted.isQuick || QUICK_PROXIES.includes(proxy.name))
    .filter((proxy) => chosen(proxy.name, proxyNames))
    .map((proxy) => (wanted.isDirect ? withoutControlPlane(proxy) : proxy))
  const cells = (wanted.isQuick ? quickCells() : fullCells())
    .filter((cell) => chosen(cell.load.name, Object.keys(LOADS)))
    .map((cell) => ({ ...cell, rounds: wanted.rounds ?? cell.rounds }))
  return {
    cells,
    proxies,
    parts: partsOf(wanted),
    scalingRounds: wanted.rounds ?? SCALING_ROUNDS,
    ...(wanted.isQuick ? QUICK : FULL)
  }
}

/** Naming a load means the comparison alone. */
function partsOf(wanted: BenchArguments): readonly Part[] {
  if (wanted.isQuick) return ['comparison']
  const named = PARTS.filter((part) => wanted.only.includes(part))
  if (named.length > 0) return named
  return wanted.only.some((name) => name in LOADS) ? ['comparison'] : PARTS
}

export function knownNames(allProxies: readonly ProxyUnderTest[]): readonly string[] {
  return [...allProxies.map((proxy) => proxy.name), ...Object.keys(LOADS), ...PARTS]
}
