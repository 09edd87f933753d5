import { lazy, Suspense, type ComponentProps } from "react"
import { ErrorBoundary } from "@/ui/ErrorBoundary"

// Markdown, comments and the rest arrive with the first task that is opened.
const TaskView = lazy(async () => ({ default: (await import("./TaskView")).TaskView }))

export function LazyTaskView(props: ComponentProps<typeof TaskView>) {
  return (
    <ErrorBoundary key={props.taskId}>
      <Suspense
        fallback={
          <div className="fixed inset-0 z-30 bg-surface sm:left-auto sm:w-[34rem] sm:border-l sm:border-line xl:static xl:w-[36rem] xl:shrink-0" />
        }
      >
        <TaskView {...props} />
      </Suspense>
    </ErrorBoundary>
  )
}
