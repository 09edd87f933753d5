import { useNavigate } from "react-router"
import { fullName } from "@/lib/people"
import { selectUser } from "@/lib/session"
import { useAppSelector } from "@/lib/store"
import { Avatar } from "@/ui/Avatar"
import { Icon } from "@/ui/icons"
import { Menu } from "@/ui/Menu"
import { paths } from "../paths"
import { useSlug } from "../useSlug"
import { useSidebar } from "./sidebarState"
import { useSignOut } from "./useSignOut"

export function AccountMenu() {
  const user = useAppSelector(selectUser)
  const slug = useSlug()
  const navigate = useNavigate()
  const { closeDrawer } = useSidebar()
  const { signOut, question } = useSignOut()
  if (!user) return null

  const goTo = (path: string) => () => {
    closeDrawer()
    void navigate(path)
  }
  return (
    <>
      <Menu
        anchor="top start"
        button={
          <button
            type="button"
            aria-label={`Account: ${fullName(user)} ${user.email}`}
            className="flex w-full items-center gap-2.5 rounded-md p-1.5 text-left transition-colors duration-100 hover:bg-hover"
          >
            <Avatar person={user} />
            <span className="min-w-0 flex-1">
              <span className="block truncate text-sm font-medium text-ink">{fullName(user)}</span>{" "}
              <span className="block truncate text-xs text-ink-faint">{user.email}</span>
            </span>
            <Icon name="chevronDown" className="size-4 rotate-180 text-ink-faint" />
          </button>
        }
        actions={[
          { label: "Profile", icon: "person", onSelect: goTo(paths.profile(slug)) },
          { label: "Password and sessions", icon: "lock", onSelect: goTo(paths.security(slug)) },
          { label: "Sign out", icon: "signOut", startsGroup: true, onSelect: signOut },
        ]}
      />
      {question}
    </>
  )
}
