import { createContext } from "react"

/** What the frame around a drawing is called: the drawing is called the same. */
export const ChartTitle = createContext("")
