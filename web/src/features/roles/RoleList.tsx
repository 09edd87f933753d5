import { useState } from "react"
import { Link } from "react-router"
import { problemMessage } from "@/lib/api/problem"
import type { RoleDetails } from "@/lib/api/types"
import { useAppDispatch } from "@/lib/store"
import { showToast } from "@/lib/toasts"
import { Badge } from "@/ui/Badge"
import { Button, IconButton } from "@/ui/Button"
import { ConfirmDialog } from "@/ui/ConfirmDialog"
import { Dialog } from "@/ui/Dialog"
import { useDeleteRoleMutation } from "./api"
import { roleName, roleText } from "./roleName"

interface RoleListProps {
  roles: RoleDetails[]
  mayDelete: boolean
  /** Where a role is shown. */
  linkTo: (role: RoleDetails) => string
}

const head = "px-3 py-2 text-xs font-medium text-ink-faint"

export function RoleList({ roles, mayDelete, linkTo }: RoleListProps) {
  const [asked, setAsked] = useState<RoleDetails | null>(null)
  return (
    <>
      <div className="overflow-hidden rounded-lg border border-line">
        <table aria-label="Roles" className="w-full table-fixed border-collapse text-left">
          <thead className="border-b border-line">
            <tr>
              <th scope="col" className={head}>
                Role
              </th>
              <th scope="col" className={`${head} w-20 text-right sm:w-24`}>
                People
              </th>
              <th scope="col" className="w-12">
                <span className="sr-only">Actions</span>
              </th>
            </tr>
          </thead>
          <tbody className="divide-y divide-line">
            {roles.map((role) => (
              <tr key={role.id ?? role.name}>
                <th scope="row" className="px-3 py-2.5 font-normal">
                  <p className="flex items-center gap-2">
                    <Link to={linkTo(role)} className="truncate rounded text-base font-medium text-ink hover:text-accent-ink hover:underline">
                      {roleName(role)}
                    </Link>
                    {role.is_builtin && <Badge>Built in</Badge>}
                  </p>
                  <p className="text-sm text-ink-muted">{roleText(role)}</p>
                </th>
                <td className="px-3 py-2.5 text-right text-sm text-ink-muted tabular-nums">{role.people}</td>
                <td className="w-12 pr-2.5 text-right">
                  {!role.is_builtin && mayDelete && <IconButton icon="trash" label={`Delete ${role.name}`} onClick={() => setAsked(role)} />}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <DeleteRole asked={asked} onClose={() => setAsked(null)} />
    </>
  )
}

/** A role that people have can't go; then this says what to do first. */
function DeleteRole({ asked, onClose }: { asked: RoleDetails | null; onClose: () => void }) {
  const dispatch = useAppDispatch()
  const [last, setLast] = useState(asked)
  const [remove] = useDeleteRoleMutation()
  if (asked && asked !== last) setLast(asked)
  if (!last) return null

  const confirm = async () => {
    const { error } = await remove(last.id ?? "")
    dispatch(error ? showToast(problemMessage(error), { tone: "danger" }) : showToast(`Deleted ${last.name}`))
  }
  if (last.people > 0) {
    return (
      <Dialog open={asked !== null} onClose={onClose} title={`${last.name} is in use`} width="max-w-sm">
        <p className="text-base text-ink-muted">
          {last.people === 1 ? "1 person has this role." : `${last.people} people have this role.`} Give them another one first, under People. Then it can be
          deleted.
        </p>
        <div className="mt-5 flex justify-end">
          <Button variant="primary" data-autofocus onClick={onClose}>
            All right
          </Button>
        </div>
      </Dialog>
    )
  }
  return (
    <ConfirmDialog
      open={asked !== null}
      title={`Delete ${last.name}?`}
      text="Nobody has this role, so nothing changes for anybody. This can’t be undone."
      confirmLabel="Delete role"
      onConfirm={() => void confirm()}
      onClose={onClose}
    />
  )
}
