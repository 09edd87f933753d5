import type { ReactNode } from "react"
import type { Project } from "@/lib/api/types"
import { useShortcuts } from "@/lib/shortcuts"
import { Icon, type IconName } from "@/ui/icons"
import { KeyButton, KeyLink } from "@/ui/KeyAction"
import { ErrorNotice } from "@/ui/states"
import { useCreateSampleMutation } from "./api"

interface WelcomeProps {
  importTo: string
  /** Also bound to its key by whoever shows this. */
  onEmpty: () => void
  onSample: (project: Project) => void
  /** Where the people are who can be invited; null for whom may not. */
  peopleTo: string | null
}

/** A workspace without a project: the ways to begin. */
export function Welcome({ importTo, onEmpty, onSample, peopleTo }: WelcomeProps) {
  const [create, { isLoading, error }] = useCreateSampleMutation()
  const makeSample = async () => {
    if (isLoading) return
    const { data } = await create()
    if (data) onSample(data)
  }
  useShortcuts({ "projects.sample": () => void makeSample() })

  return (
    <section aria-labelledby="welcome" className="mx-auto max-w-3xl py-6 sm:py-10">
      <h2 id="welcome" className="text-lg font-semibold text-ink">
        Start with a project
      </h2>
      <p className="mt-1.5 max-w-xl text-base text-ink-muted">A project holds the tasks of one piece of work: on a board, in a list, along time. There are three ways to begin.</p>
      {error && (
        <div className="mt-4">
          <ErrorNotice error={error} onRetry={() => void makeSample()} />
        </div>
      )}
      <ul aria-label="Ways to begin" className="mt-6 grid gap-3 md:grid-cols-3">
        <Way icon="star" title="Look around" text="A sample project in the middle of its work: tasks, dates around today, dependencies, a milestone. Delete it when you have seen enough.">
          <KeyButton keys="s" variant="primary" busy={isLoading} onClick={() => void makeSample()}>
            Make a sample
          </KeyButton>
        </Way>
        <Way icon="import" title="Bring your work" text="Boards, lists, cards, comments and people come over from Trello. You see how it goes, and what was taken.">
          <KeyLink keys="i" to={importTo}>
            Import from Trello
          </KeyLink>
        </Way>
        <Way icon="plus" title="Start empty" text="Give it a name. The board has the usual columns, and you change them as you like.">
          <KeyButton keys="c" onClick={onEmpty}>
            New project
          </KeyButton>
        </Way>
      </ul>
      {peopleTo && (
        <p className="mt-6 flex flex-wrap items-center gap-x-3 gap-y-2 text-sm text-ink-muted">
          Not alone in this? Invite people now, or once there is something to see.
          <KeyLink size="sm" keys="g u" to={peopleTo}>
            Go to people
          </KeyLink>
        </p>
      )}
    </section>
  )
}

function Way({ icon, title, text, children }: { icon: IconName; title: string; text: string; children: ReactNode }) {
  return (
    <li className="flex flex-col items-start rounded-xl border border-line bg-surface p-4 shadow-card">
      <span className="mb-3 flex size-9 items-center justify-center rounded-lg border border-line bg-raised text-ink-faint">
        <Icon name={icon} />
      </span>
      <h3 className="text-base font-semibold text-ink">{title}</h3>
      <p className="mt-1 mb-4 text-sm text-ink-muted">{text}</p>
      <div className="mt-auto">{children}</div>
    </li>
  )
}
