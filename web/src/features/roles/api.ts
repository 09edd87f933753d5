import { api } from "@/lib/api/api"
import type { KnownPermission, RoleDetails, UserPermissions } from "@/lib/api/types"

export interface RoleFields {
  name: string
  description: string
  permissions: string[]
}

const rolesApi = api.injectEndpoints({
  endpoints: (build) => ({
    getOfferedPermissions: build.query<KnownPermission[], void>({
      query: () => "/permissions",
      transformResponse: ({ items }: { items: KnownPermission[] }) => items,
    }),
    getRoles: build.query<RoleDetails[], void>({
      query: () => "/roles",
      transformResponse: ({ items }: { items: RoleDetails[] }) => items,
      providesTags: ["Roles"],
    }),
    /** What somebody may do, whatever their role is called. */
    getAllowed: build.query<UserPermissions, string>({
      query: (userId) => `/users/${encodeURIComponent(userId)}/permissions`,
    }),
    createRole: build.mutation<RoleDetails, RoleFields & { id: string }>({
      query: (body) => ({ url: "/roles", method: "POST", body }),
      invalidatesTags: (done) => (done ? ["Roles"] : []),
    }),
    updateRole: build.mutation<RoleDetails, Partial<RoleFields> & { id: string; version: number | null }>({
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
