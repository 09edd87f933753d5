import { useState } from "react"
import { useNavigate, useParams } from "react-router"
import {
  useCreateRoleMutation,
  useGetOfferedPermissionsQuery,
  useGetRolesQuery,
  useUpdateRoleMutation,
  type RoleFields,
} from "@/features/roles/api"
import { RoleForm } from "@/features/roles/RoleForm"
import { roleName, roleText } from "@/features/roles/roleName"
import { useMay } from "@/features/roles/useMay"
import { useAppDispatch } from "@/lib/store"
import { showToast } from "@/lib/toasts"
import { useDocumentTitle } from "@/lib/useDocumentTitle"
import { uuid7 } from "@/lib/uuid"
import { ButtonLink } from "@/ui/Button"
import { EmptyState, ErrorNotice, Skeleton } from "@/ui/states"
import { paths } from "../paths"
import { Section } from "../shell/Section"
import { useSlug } from "../useSlug"

/** A new role, one to change, or a built-in one to look at. */
export function RolePage() {
  const slug = useSlug()
  const { roleKey = "new" } = useParams()
  const navigate = useNavigate()
  const dispatch = useAppDispatch()
  const may = useMay()
  const { data: roles, error: rolesError } = useGetRolesQuery()
  const { data: offered, error: offeredError } = useGetOfferedPermissionsQuery()
  // One id for all attempts: a retry after a lost answer does not make two.
  const [id] = useState(() => uuid7())
  const [create, creating] = useCreateRoleMutation()
  const [update, updating] = useUpdateRoleMutation()
  const isNew = roleKey === "new"
  const role = isNew ? null : roles?.find((one) => (one.id ?? one.name) === roleKey)
  useDocumentTitle(isNew ? "New role" : role ? roleName(role) : "Role")

  const back = paths.roles(slug)
  const failure = rolesError ?? offeredError
  if (failure) return <ErrorNotice error={failure} />
  if (!roles || !offered) return <Skeleton className="h-96 rounded-xl" />
  if (role === undefined) {
    return (
      <EmptyState icon="search" title="There is no such role" text="Perhaps somebody has deleted it.">
        <ButtonLink to={back}>All roles</ButtonLink>
      </EmptyState>
    )
  }

  const save = async (fields: RoleFields) => {
    const { data } = role?.id ? await update({ id: role.id, version: role.version, ...fields }) : await create({ id, ...fields })
    if (!data) return
    dispatch(showToast(role ? `Saved ${data.name}. It counts at once for everybody who has it.` : `Created ${data.name}`))
    void navigate(back)
  }
  const mayChange = role ? !role.is_builtin && may("role", "update") : may("role", "create")
  return (
    <div data-wide>
      <ButtonLink to={back} variant="ghost" size="sm" icon="arrowLeft" className="mb-3 -ml-2">
        All roles
      </ButtonLink>
      <Section
        title={role ? roleName(role) : "New role"}
        text={role?.is_builtin ? `${roleText(role)} It is built in and stays as it is.` : "Whoever has it may do this, and nothing else."}
      >
        <RoleForm
          offered={offered}
          role={role}
          others={roles}
          mayChange={mayChange}
          busy={creating.isLoading || updating.isLoading}
          error={creating.error ?? updating.error}
          onSubmit={(fields) => void save(fields)}
          back={back}
        />
      </Section>
    </div>
  )
}
