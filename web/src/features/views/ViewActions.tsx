import { useState } from "react"
import type { NewView, View } from "@/lib/api/types"
import { selectUser } from "@/lib/session"
import { useAppDispatch, useAppSelector } from "@/lib/store"
import { showToast } from "@/lib/toasts"
import { Button, IconButton } from "@/ui/Button"
import { ConfirmDialog } from "@/ui/ConfirmDialog"
import { Menu } from "@/ui/Menu"
import { useChangeViewMutation, useCreateViewMutation, useDeleteViewMutation } from "./api"
import { ViewDialog } from "./ViewDialog"

interface ViewActionsProps {
  /** The view that is open; none on a list or board of its own. */
  view: View | undefined
  query: string
  layout: "list" | "board"
  projectId?: string
  onOpen: (view: View) => void
  onDeleted: () => void
}

/** Keeps what is asked as a view, and changes the one that is open. */
export function ViewActions({ view, query, layout, projectId, onOpen, onDeleted }: ViewActionsProps) {
  const dispatch = useAppDispatch()
  const me = useAppSelector(selectUser)
  const [asking, setAsking] = useState<"save" | "rename" | "delete" | null>(null)
  const [create] = useCreateViewMutation()
  const [change, { isLoading }] = useChangeViewMutation()
  const [remove] = useDeleteViewMutation()
  const mayShare = me !== null && me.role !== "viewer"
  const mayChange = view !== undefined && me !== null && (view.owner_id === me.id || (view.is_shared && ["owner", "admin"].includes(me.role)))
  const isChanged = view !== undefined && view.query !== query

  const save = async (words: { name: string; is_shared: boolean }) => {
    const wanted: NewView = { ...words, query, layout, columns: [], project_id: projectId ?? null }
    const { data, error } = await create(wanted)
    if (data) {
      dispatch(showToast(`Saved the view “${data.name}”`))
      onOpen(data)
    }
    return error
  }
  const set = async (wanted: Parameters<typeof change>[0]["change"], done: string) => {
    if (!view) return undefined
    const { data, error } = await change({ view, change: wanted })
    if (data) dispatch(showToast(done))
    return error
  }
  const drop = async () => {
    if (!view) return
    const { data } = await remove(view)
    if (data === undefined) return
    const { name, layout: shown, query: asked, is_shared, project_id, columns } = view
    const undo = () => void create({ name, layout: shown, query: asked, is_shared, project_id, columns: columns ?? [] })
    dispatch(showToast(`Deleted the view “${name}”`, { action: { label: "Undo", run: undo } }))
    onDeleted()
  }

  return (
    <div className="flex shrink-0 items-center gap-1.5">
      {isChanged && mayChange && (
        <Button busy={isLoading} onClick={() => void set({ query }, `Saved “${view.name}”`)}>
          Save changes
        </Button>
      )}
      {(view === undefined || isChanged) && query !== "" && (
        <Button icon="star" onClick={() => setAsking("save")}>
          Save as view
        </Button>
      )}
      {view && mayChange && (
        <Menu
          button={<IconButton icon="more" label={`Actions for the view ${view.name}`} />}
          actions={[
            { label: "Rename or share…", icon: "edit", onSelect: () => setAsking("rename") },
            { label: "Delete…", icon: "trash", danger: true, startsGroup: true, onSelect: () => setAsking("delete") },
          ]}
        />
      )}
      <ViewDialog
        open={asking === "save"}
        onClose={() => setAsking(null)}
        title="Save as view"
        action="Save view"
        start={{ name: "", is_shared: false }}
        mayShare={mayShare}
        onSave={save}
      />
      {view && (
        <>
          <ViewDialog
            open={asking === "rename"}
            onClose={() => setAsking(null)}
            title={`View “${view.name}”`}
            action="Save view"
            start={{ name: view.name, is_shared: view.is_shared }}
            mayShare={mayShare}
            onSave={(words) => set(words, "Saved the view")}
          />
          <ConfirmDialog
            open={asking === "delete"}
            title={`Delete the view “${view.name}”?`}
            text={view.is_shared ? "It goes from everybody’s navigation. No task is changed." : "No task is changed."}
            confirmLabel="Delete view"
            onConfirm={() => void drop()}
            onClose={() => setAsking(null)}
          />
        </>
      )}
    </div>
  )
}
