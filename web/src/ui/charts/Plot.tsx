import { cloneElement, useContext, type ReactElement } from "react"
import { ResponsiveContainer } from "recharts"
import { ChartTitle } from "./chartTitle"

/** As wide as there is room, and as high as the frame; a stop of the keyboard with a name, where arrows go from point to point. */
export function Plot({ children }: { children: ReactElement<{ "aria-label"?: string }> }) {
  const title = useContext(ChartTitle)
  return (
    <ResponsiveContainer width="100%" height="100%" initialDimension={{ width: 480, height: 240 }}>
      {cloneElement(children, { "aria-label": title })}
    </ResponsiveContainer>
  )
}
