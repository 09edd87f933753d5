import { useGetRolesQuery } from "@/features/roles/api"
import { RoleList } from "@/features/roles/RoleList"
import { useMay } from "@/features/roles/useMay"
import { useDocumentTitle } from "@/lib/useDocumentTitle"
import { ButtonLink } from "@/ui/Button"
import { ErrorNotice, Skeleton } from "@/ui/states"
import { paths } from "../paths"
import { Section } from "../shell/Section"
import { useSlug } from "../useSlug"

export function RolesPage() {
  useDocumentTitle("Roles")
  const slug = useSlug()
  const may = useMay()
  const { data: roles, error, refetch } = useGetRolesQuery(undefined, { refetchOnMountOrArgChange: true })
  return (
    <Section title="Roles" text="What people may do. Give somebody a role under People.">
      {error && !roles && <ErrorNotice error={error} onRetry={() => void refetch()} />}
      {!roles && !error && <Skeleton className="h-72 rounded-lg" />}
      {roles && <RoleList roles={roles} mayDelete={may("role", "delete")} linkTo={({ id, name }) => paths.role(slug, id ?? name)} />}
      {roles && may("role", "create") && (
        <div className="mt-4 flex justify-end">
          <ButtonLink to={paths.role(slug, "new")} icon="plus">
            New role
          </ButtonLink>
        </div>
      )}
    </Section>
  )
}
