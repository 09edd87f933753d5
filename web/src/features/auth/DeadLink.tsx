import { selectWorkspace } from "@/lib/session"
import { useAppSelector } from "@/lib/store"
import { ButtonLink } from "@/ui/Button"
import { AuthLayout } from "./AuthLayout"

interface DeadLinkProps {
  title: string
  text: string
  /** What to do now. */
  advice: string
  /** A way to a link that works, where there is one. */
  another?: { to: string; label: string }
}

/** A link of a mail that counts no more. */
export function DeadLink({ title, text, advice, another }: DeadLinkProps) {
  const workspace = useAppSelector(selectWorkspace)
  const onward = workspace ? { to: `/w/${workspace.slug}/projects`, label: "Go to your projects" } : { to: "/sign-in", label: "Sign in" }
  return (
    <AuthLayout title={title} text={text}>
      <p role="alert" className="text-base text-ink-muted">
        {advice}
      </p>
      <div className="mt-5 flex flex-col gap-2">
        {another && (
          <ButtonLink to={another.to} variant="primary" size="lg">
            {another.label}
          </ButtonLink>
        )}
        <ButtonLink to={onward.to} variant={another ? "secondary" : "primary"} size="lg">
          {onward.label}
        </ButtonLink>
      </div>
    </AuthLayout>
  )
}
