import type { ReactElement } from "react"
import { ResponsiveContainer } from "recharts"

/** As wide as there is room, and as high as the frame. */
export function Plot({ children }: { children: ReactElement }) {
  return (
    <ResponsiveContainer width="100%" height="100%" initialDimension={{ width: 480, height: 240 }}>
      {children}
    </ResponsiveContainer>
  )
}
