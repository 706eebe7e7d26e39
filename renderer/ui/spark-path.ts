/** The small curve of a row: where its points lie. Pure, so that its gaps can be tested. */

export interface SparkPoint {
  readonly x: number
  readonly y: number
}

/**
 * Runs of neighbouring measured points; a gap (NaN) ends a run and is never bridged. The scale
 * starts at zero, so that a steady trickle does not look like a storm.
 * @param values oldest first, spread over the whole width.
 */
export function sparkRuns(
  values: ArrayLike<number>,
  width: number,
  height: number
): readonly (readonly SparkPoint[])[] {
  let highest = 0
  for (let at = 0; at < values.length; at++) {
    const value = values[at]!
    if (value > highest) highest = value
  }
  const runs: SparkPoint[][] = []
  let run: SparkPoint[] = []
  const stepX = values.length > 1 ? width / (values.length - 1) : 0
  for (let at = 0; at < values.length; at++) {
    const value = values[at]!
    if (Number.isNaN(value)) {
      if (run.length > 0) runs.push(run)
      run = []
      continue
    }
    const share = highest === 0 ? 0 : value / highest
    run.push({ x: at * stepX, y: height - share * height })
  }
  if (run.length > 0) runs.push(run)
  return runs
}
