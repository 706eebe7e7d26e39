/** Where a window is, and how an old place is made to fit the screens of today. */
import { z } from 'zod'

const areaSchema = z.strictObject({
  x: z.int(),
  y: z.int(),
  width: z.int().positive(),
  height: z.int().positive()
})

export const windowPlaceSchema = z.strictObject({ bounds: areaSchema, isMaximized: z.boolean() })

export type Area = Readonly<z.infer<typeof areaSchema>>
export type WindowPlace = Readonly<z.infer<typeof windowPlaceSchema>>

export const SMALLEST = { width: 960, height: 600 } as const
const USUAL = { width: 1280, height: 800 } as const

/** So much of the window must be on one screen that its title can be seen and dragged. */
const LEAST_VISIBLE = { width: 160, height: 40 } as const

/**
 * @param known null on the first start
 * @param screens work areas, the primary one first; at least one
 */
export function fittingPlace(known: WindowPlace | null, screens: readonly Area[]): WindowPlace {
  const [primary] = screens
  if (primary === undefined)
    return known ?? { bounds: { x: 0, y: 0, ...USUAL }, isMaximized: false }
  if (known === null) return { bounds: centred(USUAL, primary), isMaximized: false }
  const screen = screens.find((one) => isReachable(known.bounds, one))
  if (screen === undefined) return { ...known, bounds: centred(known.bounds, primary) }
  return { ...known, bounds: { ...known.bounds, ...sizeOn(screen, known.bounds) } }
}

/** By its upper edge: a window whose title is above the screen cannot be moved back. */
function isReachable({ x, y, width }: Area, screen: Area): boolean {
  const left = Math.max(x, screen.x)
  const right = Math.min(x + width, screen.x + screen.width)
  const isTitleOn = y >= screen.y && y + LEAST_VISIBLE.height <= screen.y + screen.height
  return right - left >= LEAST_VISIBLE.width && isTitleOn
}

type Size = Pick<Area, 'width' | 'height'>

function centred(size: Size, screen: Area): Area {
  const { width, height } = sizeOn(screen, size)
  return {
    x: screen.x + Math.max(0, Math.round((screen.width - width) / 2)),
    y: screen.y + Math.max(0, Math.round((screen.height - height) / 2)),
    width,
    height
  }
}

function sizeOn(screen: Area, { width, height }: Size): Size {
  return {
    width: Math.max(SMALLEST.width, Math.min(width, screen.width)),
    height: Math.max(SMALLEST.height, Math.min(height, screen.height))
  }
}
