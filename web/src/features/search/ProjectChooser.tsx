import { useState } from "react"
import { useAppSelector } from "@/lib/store"
import { selectProjects } from "@/lib/sync/select"
import { Icon } from "@/ui/icons"
import { fitting } from "./matching"
import { PaletteFrame, PaletteList } from "./Palette"

interface ProjectChooserProps {
  open: boolean
  onClose: () => void
  onChoose: (projectId: string) => void
}

const MOST = 50

/** Where a new task is to be. */
export function ProjectChooser({ open, onClose, onChoose }: ProjectChooserProps) {
  const [typed, setTyped] = useState("")
  const projects = useAppSelector(selectProjects)
  const items = fitting(projects, ({ name, key }) => `${name} ${key}`, typed, MOST).map(({ id, key, name }) => ({
    id,
    group: "New task in",
    icon: <Icon name="folder" className="size-4 text-ink-faint" />,
    label: name,
    hint: key,
    run: () => onChoose(id),
  }))
  return (
    <PaletteFrame open={open} onClose={onClose} label="Project of the new task">
      <PaletteList label="Choose a project" typed={typed} onType={setTyped} items={items} onClose={onClose} />
    </PaletteFrame>
  )
}
