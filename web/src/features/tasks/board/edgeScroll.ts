const ZONE = 72
const FASTEST = 16

/** How far to scroll in one frame: nothing in the middle, more the nearer the pointer is to an edge. */
export function edgeSpeed(pointer: number, start: number, end: number): number {
  const zone = Math.min(ZONE, (end - start) / 4)
  if (pointer < start + zone) return -FASTEST * Math.min(1, (start + zone - pointer) / zone)
  if (pointer > end - zone) return FASTEST * Math.min(1, (pointer - end + zone) / zone)
  return 0
}
