import { api } from "@/lib/api/api"
import type { Role } from "@/lib/api/types"

/** What a custom role can be built of. */
export interface OfferedPermission {
  /** "task:update:is_assignee" */
  permission: string
  description: string
}

export interface RoleDescription {
  /** A built-in role has none; its `name` is the role itself. */
  id: string | null
  name: string
  description: string
  is_builtin: boolean
  permissions: string[]
  /** How many people have it. */
  people: number
  version: number | null
}

export interface RoleFields {
  name: string
  description: string
  permissions: string[]
}

interface Allowed {
  role: Role
  role_id: string | null
  permissions: string[]
}

const rolesApi = api.injectEndpoints({
  endpoints: (build) => ({
    getOfferedPermissions: build.query<OfferedPermission[], void>({
      query: () => "/permissions",
      transformResponse: ({ items }: { items: OfferedPermission[] }) => items,
    }),
    getRoles: build.query<RoleDescription[], void>({
      query: () => "/roles",
      transformResponse: ({ items }: { items: RoleDescription[] }) => items,
      providesTags: ["Roles"],
    }),
    /** What somebody may do, whatever their role is called. */
    getAllowed: build.query<Allowed, string>({
      query: (userId) => `/users/${encodeURIComponent(userId)}/permissions`,
    }),
    createRole: build.mutation<RoleDescription, RoleFields & { id: string }>({
      query: (body) => ({ url: "/roles", method: "POST", body }),
      invalidatesTags: (done) => (done ? ["Roles"] : []),
    }),
    updateRole: build.mutation<RoleDescription, Partial<RoleFields> & { id: string; version: number | null }>({
      query: ({ id, ...body }) => ({ url: `/roles/${id}`, method: "PATCH", body }),
      // Refused because somebody else changed it meanwhile: show how it is now.
      invalidatesTags: ["Roles"],
    }),
    deleteRole: build.mutation<null, string>({
      query: (id) => ({ url: `/roles/${id}`, method: "DELETE" }),
      transformResponse: () => null,
      // Refused because somebody has it meanwhile: show how many.
      invalidatesTags: ["Roles"],
    }),
  }),
})

export const {
  useGetOfferedPermissionsQuery,
  useGetRolesQuery,
  useGetAllowedQuery,
  useCreateRoleMutation,
  useUpdateRoleMutation,
  useDeleteRoleMutation,
} = rolesApi
