import { useState } from "react"
import type { Project, User } from "@/lib/api/types"
import { fullName } from "@/lib/people"
import { useAppDispatch } from "@/lib/store"
import { showToast } from "@/lib/toasts"
import { problemMessage } from "@/lib/api/problem"
import { Avatar } from "@/ui/Avatar"
import { Button } from "@/ui/Button"
import { ConfirmDialog } from "@/ui/ConfirmDialog"
import { Dialog } from "@/ui/Dialog"
import { SelectField } from "@/ui/SelectField"
import { ErrorNotice } from "@/ui/states"
import { TypedConfirmDialog } from "@/ui/TypedConfirmDialog"
import { useArchiveProjectMutation, useDeleteProjectMutation, useGiveProjectMutation } from "./api"

export type ProjectDanger = "archive" | "delete" | "give"

interface ProjectDangerDialogsProps {
  asked: ProjectDanger | null
  project: Pick<Project, "id" | "name" | "owner_id">
  /** Its members, who alone can be given it. */
  members: User[]
  onClose: () => void
  /** It is no longer among the projects. */
  onGone: () => void
}

/** What is asked before a project goes: to another person, into the archive, into the trash. */
export function ProjectDangerDialogs({ asked, project, members, onClose, onGone }: ProjectDangerDialogsProps) {
  const dispatch = useAppDispatch()
  const [archive] = useArchiveProjectMutation()
  const [remove, removing] = useDeleteProjectMutation()
  const confirmArchive = async () => {
    const { error } = await archive(project.id)
    if (error) return void dispatch(showToast(problemMessage(error), { tone: "danger" }))
    dispatch(showToast(`Archived ${project.name}`))
    onGone()
  }
  const confirmDeletion = async () => {
    const { error } = await remove(project.id)
    if (error) return
    dispatch(showToast(`${project.name} is in the trash`))
    onClose()
    onGone()
  }
  return (
    <>
      <ConfirmDialog
        open={asked === "archive"}
        title={`Archive ${project.name}?`}
        text="It leaves the list of projects for everybody. It can still be read and searched, but nothing in it changes until it is brought back under Settings, Danger zone."
        confirmLabel="Archive project"
        onConfirm={() => void confirmArchive()}
        onClose={onClose}
      />
      <TypedConfirmDialog
        open={asked === "delete"}
        title={`Delete ${project.name}?`}
        name={project.name}
        label="Name of the project"
        confirmLabel="Delete project"
        busy={removing.isLoading}
        error={removing.error}
        onConfirm={() => void confirmDeletion()}
        onClose={() => {
          removing.reset()
          onClose()
        }}
      >
        <p>It goes into the trash with its tasks, comments, files and time, for everybody. From there it can be restored under Settings, Danger zone, until the trash is emptied.</p>
      </TypedConfirmDialog>
      <Dialog open={asked === "give"} onClose={onClose} title={`Transfer ${project.name}`} width="max-w-md">
        <Give project={project} members={members} onClose={onClose} />
      </Dialog>
    </>
  )
}

function Give({ project, members, onClose }: Pick<ProjectDangerDialogsProps, "project" | "members" | "onClose">) {
  const dispatch = useAppDispatch()
  const [userId, setUserId] = useState<string | null>(null)
  const [give, { isLoading, error }] = useGiveProjectMutation()
  const others = members.filter(({ id }) => id !== project.owner_id)
  const person = others.find(({ id }) => id === userId)
  const confirm = async () => {
    if (!person) return
    const { data } = await give({ projectId: project.id, userId: person.id })
    if (!data) return
    dispatch(showToast(`${project.name} is ${fullName(person)}’s now`))
    onClose()
  }
  return (
    <div className="space-y-4">
      {error && <ErrorNotice error={error} />}
      {others.length === 0 ? (
        <p className="text-base text-ink-muted">A project is given to one of its members. Nobody else is in it yet: add them under Members first.</p>
      ) : (
        <>
          <p className="text-base text-ink-muted">Whoever gets it manages it from then on. You stay a member of it, and no longer decide about it unless your role says so.</p>
          <SelectField
            label="New owner"
            value={userId}
            onChange={setUserId}
            choices={others.map((one) => ({ value: one.id, label: fullName(one), hint: one.email, icon: <Avatar person={one} size="sm" /> }))}
          />
        </>
      )}
      <div className="flex justify-end gap-2 pt-1">
        <Button variant="ghost" onClick={onClose}>
          Cancel
        </Button>
        <Button variant="danger" busy={isLoading} disabled={!person} onClick={() => void confirm()}>
          Transfer project
        </Button>
      </div>
    </div>
  )
}
