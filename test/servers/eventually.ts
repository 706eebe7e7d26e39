/**
 * Waits for a condition instead of a length of time: resolves as soon as `probe` returns
 * something other than undefined or false, and fails with `what` after the deadline.
 */
export async function eventually<T>(
  what: string,
  probe: () => T | undefined | false | Promise<T | undefined | false>,
  deadlineMs = 5000
): Promise<T> {
  const started = performance.now()
  for (;;) {
    const value = await probe()
    if (value !== undefined && value !== false) return value
    if (performance.now() - started > deadlineMs) {
      throw new Error(`Not within ${deadlineMs} ms: ${what}`)
    }
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}

/** Fails with `what` unless the promise settles in time; for promises that a bug would leave open. */
export async function within<T>(what: string, promise: Promise<T>, deadlineMs = 5000): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const deadline = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`Not within ${deadlineMs} ms: ${what}`)), deadlineMs)
  })
  try {
    return await Promise.race([promise, deadline])
  } finally {
    clearTimeout(timer)
  }
}
