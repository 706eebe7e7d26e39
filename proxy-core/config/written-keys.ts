/** Inheritance works key by key, so a key without a value must not hide an inherited one. */
export function writtenKeys<T extends object>(values: T | undefined): Partial<T> {
  const entries = Object.entries(values ?? {}).filter(([, value]) => value !== undefined)
  return Object.fromEntries(entries) as Partial<T>
}
