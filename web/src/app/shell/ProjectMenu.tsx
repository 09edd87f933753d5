import { lazy, Suspense, useState } from "react"
import { useNavigate } from "react-router"
import type { ProjectDanger } from "@/features/danger/ProjectDangerDialogs"
import { useGetMembersQuery } from "@/features/members/api"
import { useMay } from "@/features/roles/useMay"
import type { Project } from "@/lib/api/types"
import { selectUser } from "@/lib/session"
import { useShortcuts } from "@/lib/shortcuts"
import { useAppSelector } from "@/lib/store"
import { selectProjects } from "@/lib/sync/select"
import { Button } from "@/ui/Button"
import { Icon } from "@/ui/icons"
import { Menu, type MenuAction } from "@/ui/Menu"
import { paths } from "../paths"
import { useSlug } from "../useSlug"

// Seldom used: fetched when somebody opens one of them.
const ProjectExportDialog = lazy(async () => ({ default: (await import("@/features/exports/ProjectExportDialog")).ProjectExportDialog }))
const NewFeedDialog = lazy(async () => ({ default: (await import("@/features/feeds/NewFeedDialog")).NewFeedDialog }))
const ProjectDangerDialogs = lazy(async () => ({ default: (await import("@/features/danger/ProjectDangerDialogs")).ProjectDangerDialogs }))

type Asked = "export" | "subscribe" | ProjectDanger

/** What can be done with a whole project. */
export function ProjectMenu({ project }: { project: Project }) {
  const slug = useSlug()
  const navigate = useNavigate()
  const me = useAppSelector(selectUser)
  const projects = useAppSelector(selectProjects)
  const may = useMay()
  const [asked, setAsked] = useState<Asked | null>(null)
  const [wasAsked, setWasAsked] = useState<ReadonlySet<Asked>>(new Set())
  const { data: members = [] } = useGetMembersQuery(project.id, { skip: asked !== "give" })
  if (asked && !wasAsked.has(asked)) setWasAsked(new Set([...wasAsked, asked]))
  useShortcuts({ "project.export": () => setAsked("export"), "project.subscribe": () => setAsked("subscribe") })

  const close = () => setAsked(null)
  const manages = me !== null && me.role !== "viewer" && (me.id === project.owner_id || ["owner", "admin"].includes(me.role))
  const danger = (["archive", "delete", "give"] as const).find((one) => one === asked) ?? null
  const actions: MenuAction[] = [
    { label: "Export…", icon: "download", onSelect: () => setAsked("export") },
    { label: "Subscribe in a calendar…", icon: "calendar", onSelect: () => setAsked("subscribe") },
    ...(manages
      ? [
          { label: "Transfer…", icon: "person", onSelect: () => setAsked("give"), startsGroup: true } as const,
          { label: "Archive…", icon: "archive", onSelect: () => setAsked("archive") } as const,
        ]
      : []),
    ...(may("project", "delete") ? [{ label: "Delete…", icon: "trash", onSelect: () => setAsked("delete"), danger: true, startsGroup: !manages } as const] : []),
  ]

  return (
    <>
      <Menu
        button={
          <Button aria-label={`Actions for ${project.name}`} title="More" className="px-2">
            <Icon name="more" />
          </Button>
        }
        actions={actions}
      />
      <Suspense fallback={null}>
        {wasAsked.has("export") && <ProjectExportDialog open={asked === "export"} onClose={close} project={project} mayArchive={may("export", "create")} />}
        {wasAsked.has("subscribe") && <NewFeedDialog open={asked === "subscribe"} onClose={close} projects={projects} project={project} />}
        {[...wasAsked].some((one) => one !== "export" && one !== "subscribe") && (
          <ProjectDangerDialogs
            asked={danger}
            project={project}
            members={members.map(({ user }) => user)}
            onClose={close}
            onGone={() => void navigate(paths.projects(slug))}
          />
        )}
      </Suspense>
    </>
  )
}
