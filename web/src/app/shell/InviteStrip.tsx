import { lazy, Suspense, useState } from "react"
import { useLocation } from "react-router"
import { mayInvite } from "@/features/people/offeredActions"
import { useMay } from "@/features/roles/useMay"
import { selectUser } from "@/lib/session"
import { useAppSelector } from "@/lib/store"
import { selectPeople } from "@/lib/sync/select"
import { Button } from "@/ui/Button"
import { hasJustStarted } from "../onboarding"

const InviteDialog = lazy(async () => ({ default: (await import("@/features/people/InviteDialog")).InviteDialog }))

/** The next step after the first project: somebody to do it with. */
export function InviteStrip() {
  const actor = useAppSelector(selectUser)
  const people = useAppSelector(selectPeople)
  const may = useMay()
  const { state } = useLocation() as { state: unknown }
  const [started] = useState(() => hasJustStarted(state))
  const [isDone, setDone] = useState(false)
  const [inviting, setInviting] = useState(false)
  if (!started || isDone || !actor || !mayInvite(actor, may)) return null
  if (people.length > 1 && !inviting) return null
  return (
    <section aria-label="Next step" className="mx-4 mt-2.5 flex flex-wrap items-center gap-x-3 gap-y-2 rounded-lg bg-accent-soft px-3 py-2 text-sm text-ink sm:mx-6">
      <p className="min-w-0 flex-1 basis-56">It’s just you here so far. Invite the people you work with: they get a link that lets them in.</p>
      <Button size="sm" variant="primary" icon="people" onClick={() => setInviting(true)}>
        Invite people
      </Button>
      <Button size="sm" variant="ghost" onClick={() => setDone(true)}>
        Not now
      </Button>
      <Suspense fallback={null}>{inviting && <InviteDialog open actor={actor} may={may} onClose={() => setInviting(false)} />}</Suspense>
    </section>
  )
}
