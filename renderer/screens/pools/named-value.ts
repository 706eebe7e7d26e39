/** A name and its value, with an explanation where the name does not say it all. */
export interface NamedValue {
  readonly name: string
  readonly value: string
  readonly note?: string
}
