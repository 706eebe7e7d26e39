/**
 * Timing for benchmarks that are run by hand: `node test/bench/micro/routing.ts`.
 * Nanoseconds differ from machine to machine and day to day; the ratios within one run do not.
 */

export interface Subject {
  readonly name: string
  /** Operations that one call of `run` performs. */
  readonly operations: number
  /** Returns something of what it computed, so that the computation cannot be left out. */
  readonly run: () => number
}

const WARM_UP_ROUNDS = 3
const ROUNDS = 15

/**
 * Runs the subjects in turn, so that a disturbance hits all of them, and prints the median
 * time per operation and its ratio to the first subject.
 */
export function compare(title: string, subjects: readonly Subject[]): void {
  const times = subjects.map((): number[] => [])
  let checksum = 0
  for (let round = 0; round < WARM_UP_ROUNDS + ROUNDS; round++) {
    for (const [index, subject] of subjects.entries()) {
      const begun = process.hrtime.bigint()
      checksum += subject.run()
      const elapsed = Number(process.hrtime.bigint() - begun)
      if (round >= WARM_UP_ROUNDS) times[index]?.push(elapsed / subject.operations)
    }
  }
  const medians = times.map(median)
  console.log(`\n${title}`)
  for (const [index, subject] of subjects.entries()) {
    const time = medians[index] ?? 0
    const ratio = time / (medians[0] ?? 1)
    console.log(
      `  ${subject.name.padEnd(44)}${time.toFixed(1).padStart(10)} ns ${ratio.toFixed(2).padStart(8)} x`
    )
  }
  if (!Number.isFinite(checksum)) throw new Error('a subject computed nothing')
}

function median(values: readonly number[]): number {
  const ordered = [...values].sort((a, b) => a - b)
  return ordered[ordered.length >> 1] ?? 0
}
