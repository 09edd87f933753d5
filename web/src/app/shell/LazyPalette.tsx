import { lazy, Suspense } from "react"
import type { PaletteState } from "./useGlobalCommands"

// Arrives with the first key that asks for it.
const Palette = lazy(async () => ({ default: (await import("@/features/search/Palette")).Palette }))
const ProjectChooser = lazy(async () => ({ default: (await import("@/features/search/ProjectChooser")).ProjectChooser }))

export function LazyPalette({ mode, onClose, onCreateIn, links }: PaletteState) {
  return (
    <Suspense fallback={null}>
      {mode === "everything" && <Palette open onClose={onClose} links={links} />}
      {mode === "new task" && <ProjectChooser open onClose={onClose} onChoose={onCreateIn} />}
    </Suspense>
  )
}
