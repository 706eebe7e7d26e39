/** Where a row of the table stands and how it is marked. */
export interface RowPlace {
  /** For `aria-activedescendant`. */
  readonly id: string
  /** From 0, without the header. */
  readonly index: number
  /** The keyboard is here. */
  readonly isMarked: boolean
  /** The inspector shows it. */
  readonly isSelected: boolean
}
