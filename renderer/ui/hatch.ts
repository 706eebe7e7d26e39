/** Hatching for a canvas: told from a plain fill without its hue. */

const SIDE_PX = 6

const made = new Map<string, CanvasPattern | string>()

/** The colour itself where the browser has no 2D context left to give. */
export function hatch(colour: string): CanvasPattern | string {
  const known = made.get(colour)
  if (known !== undefined) return known
  const pattern = draw(colour) ?? colour
  made.set(colour, pattern)
  return pattern
}

function draw(colour: string): CanvasPattern | null {
  const tile = document.createElement('canvas')
  tile.width = SIDE_PX
  tile.height = SIDE_PX
  const context = tile.getContext('2d')
  if (context === null) return null
  context.strokeStyle = colour
  context.lineWidth = 1.5
  context.beginPath()
  // The same line three times, so that the tiles meet at their corners.
  for (const shift of [-SIDE_PX, 0, SIDE_PX]) {
    context.moveTo(shift - 1, SIDE_PX + 1)
    context.lineTo(shift + SIDE_PX + 1, -1)
  }
  context.stroke()
  return context.createPattern(tile, 'repeat')
}
