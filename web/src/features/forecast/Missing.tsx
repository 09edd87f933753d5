import { ButtonLink } from "@/ui/Button"
import { EmptyState } from "@/ui/states"
import type { PartProps } from "./ForecastView"

interface MissingProps {
  title: string
  missing: readonly string[]
  links: PartProps["links"]
}

/** There is too little to say anything from: what is missing, and how to come by it. */
export function Missing({ title, missing, links }: MissingProps) {
  return (
    <>
      <EmptyState icon="forecast" title={title} text="A forecast learns from work that was finished. Move tasks to a started state when work begins and to a done state when it ends, or import a project that has a past.">
        <ButtonLink to={links.list} variant="primary">
          Go to the tasks
        </ButtonLink>
        <ButtonLink to={links.imports}>Import a project</ButtonLink>
      </EmptyState>
      {missing.length > 0 && (
        <section aria-label="What is missing" className="mx-auto -mt-10 max-w-md">
          <h3 className="text-xs font-medium text-ink">What is missing</h3>
          <ul className="mt-1 list-disc space-y-1 pl-5 text-sm text-ink-muted">
            {missing.map((each) => (
              <li key={each}>{each}</li>
            ))}
          </ul>
        </section>
      )}
    </>
  )
}
