/** Contract: the command line decides what is measured, and a partial run never overwrites results. */
import { describe, expect, it } from 'vitest'
import { parseBenchArguments } from './bench-arguments.ts'
import { knownNames, planOf, type BenchPlan } from './bench-plan.ts'
import { cellKey } from './loads.ts'
import { PROXIES } from './rivals/registry.ts'

function plan(...args: readonly string[]): BenchPlan {
  return planOf(parseBenchArguments(args, knownNames(PROXIES)), PROXIES)
}

describe('benchmark plan', () => {
  it('measures every load at 1, 64 and 256 connections, and 1 MB bodies at 16', () => {
    const keys = plan().cells.map(cellKey)
    expect(keys).toHaveLength(13)
    expect(keys).toEqual(
      expect.arrayContaining(['tiny@1', '10kb@64', 'post@256', 'close@64', '1mb@16'])
    )
  })

  it('runs every part when nothing is chosen', () => {
    expect(plan().parts).toEqual(['comparison', 'backends', 'routes', 'idle'])
  })

  it('measures one cell on three proxies when quick', () => {
    const { cells, proxies, parts } = plan('--quick')
    expect(cells.map(cellKey)).toEqual(['tiny@64'])
    expect(proxies.map((proxy) => proxy.name)).toEqual(['haproxy', 'switchyard', 'switchyard full'])
    expect(parts).toEqual(['comparison'])
  })

  it('combines named proxies and a named load', () => {
    const { cells, proxies, parts } = plan('--only', 'nginx', '--only', 'haproxy', '--only', '1mb')
    expect(proxies.map((proxy) => proxy.name)).toEqual(['haproxy', 'nginx'])
    expect(cells.map(cellKey)).toEqual(['1mb@16'])
    expect(parts).toEqual(['comparison'])
  })

  it('gives every measurement the number of rounds that was asked for', () => {
    const { cells, scalingRounds } = plan('--rounds', '7')
    expect(new Set([...cells.map((cell) => cell.rounds), scalingRounds])).toEqual(new Set([7]))
  })

  it.each([
    [['--only', 'apache'], 'knows no "apache"'],
    [['--rounds', '0'], 'from 1 to 20'],
    [['--write', '--quick'], 'needs a complete run'],
    [['--write', '--only', 'tiny'], 'needs a complete run']
  ])('refuses %j', (args, sentence) => {
    expect(() => plan(...args)).toThrow(sentence)
  })
})
