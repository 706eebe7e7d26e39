/** Contract: ceil(c × (all + 1) × w / W), to the letter. Random traces are in `hash.test.ts`. */
import { expect, test } from 'vitest'
import { LoadBound } from './load-bound.ts'
import { sampleTargets, type SampleTarget } from './sample-targets.ts'

function boundOf(factor: number, targets: readonly SampleTarget[]): LoadBound<SampleTarget> {
  const bound = new LoadBound<SampleTarget>(factor)
  bound.rebuild(targets)
  return bound
}

test('binary fractions do not raise the bound: 1.12 × 50 / 2 is 28, not 29', () => {
  const [a, b] = sampleTargets([1, 1]) as [SampleTarget, SampleTarget]
  a.load = 28
  b.load = 21
  expect(boundOf(1.12, [a, b]).hasRoom(a)).toBe(false)
  a.load = 27
  b.load = 22
  expect(boundOf(1.12, [a, b]).hasRoom(a)).toBe(true)
})

test('the bound is in proportion to the weight', () => {
  const [light, heavy] = sampleTargets([1, 3]) as [SampleTarget, SampleTarget]
  light.load = 5
  heavy.load = 14
  const bound = boundOf(1, [light, heavy])
  expect(bound.hasRoom(light)).toBe(false)
  expect(bound.hasRoom(heavy)).toBe(true)
})

test('loads count as they were announced, and only those of present targets', () => {
  const [a, b] = sampleTargets([1, 1]) as [SampleTarget, SampleTarget]
  const bound = boundOf(1, [a])
  b.load = 100
  bound.loadChanged(b)
  a.load = 1
  bound.loadChanged(a)
  a.load = 2
  bound.loadChanged(a)
  // Two of its own: the bound is 3.
  expect(bound.hasRoom(a)).toBe(true)
  a.load = 3
  expect(bound.hasRoom(a)).toBe(false)
})
