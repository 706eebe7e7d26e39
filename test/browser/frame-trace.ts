/**
 * The browser's own account of the frames that it drew: its trace, not a count inside the page.
 */
import type { Page } from 'playwright-core'

const CATEGORIES =
  'disabled-by-default-devtools.timeline.frame,devtools.timeline.frame,devtools.timeline'
/** `DrawFrame`: the compositor has handed a frame over to be shown. Microseconds. */
const DRAWN = 'DrawFrame'

interface TraceEvent {
  readonly name: string
  readonly ts: number
}

export interface FrameRecord {
  readonly framesPerSecond: number
  /** 95 in 100 frames came at most this long after the one before. */
  readonly gapP95Ms: number
  readonly longestGapMs: number
}

export async function traceFrames(page: Page, seconds: number): Promise<FrameRecord> {
  const session = await page.context().newCDPSession(page)
  const drawnUs: number[] = []
  session.on('Tracing.dataCollected', ({ value }) => {
    for (const event of value as unknown as readonly TraceEvent[])
      if (event.name === DRAWN) drawnUs.push(event.ts)
  })
  const complete = new Promise<void>((resolve) =>
    session.on('Tracing.tracingComplete', () => resolve())
  )
  await session.send('Tracing.start', { transferMode: 'ReportEvents', categories: CATEGORIES })
  await page.waitForTimeout(seconds * 1000)
  await session.send('Tracing.end')
  await complete
  await session.detach()
  return recordOf(drawnUs.toSorted((one, other) => one - other))
}

export function recordOf(drawnUs: readonly number[]): FrameRecord {
  const gapsMs = drawnUs.slice(1).map((atUs, index) => (atUs - drawnUs[index]!) / 1000)
  const sorted = gapsMs.toSorted((one, other) => one - other)
  const spanMs = gapsMs.reduce((sum, gap) => sum + gap, 0)
  return {
    framesPerSecond: spanMs === 0 ? 0 : (gapsMs.length * 1000) / spanMs,
    gapP95Ms: sorted[Math.floor(sorted.length * 0.95)] ?? 0,
    longestGapMs: sorted.at(-1) ?? 0
  }
}
