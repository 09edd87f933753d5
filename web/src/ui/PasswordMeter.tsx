import { passwordStrength } from "@/lib/passwordStrength"

const fills = ["bg-danger", "bg-priority-high", "bg-state-started", "bg-success-ink"] as const

export function PasswordMeter({ password }: { password: string }) {
  const { level, hint } = passwordStrength(password)
  return (
    <span className="flex items-center gap-2" aria-live="polite">
      <span aria-hidden="true" className="flex w-20 shrink-0 gap-1">
        {[1, 2, 3].map((step) => (
          <span
            key={step}
            className={`h-1 flex-1 rounded-full transition-colors ${password && step <= Math.max(level, 1) ? fills[level] : "bg-line"}`}
          />
        ))}
      </span>
      <span>{hint}</span>
    </span>
  )
}
