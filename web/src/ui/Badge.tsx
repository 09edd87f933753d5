import type { ReactNode } from "react"

const tones = {
  neutral: "bg-hover text-ink-muted",
  accent: "bg-accent-soft text-accent-ink",
  success: "bg-success-soft text-success-ink",
  warning: "bg-warning-soft text-warning-ink",
} as const

export type BadgeTone = keyof typeof tones

export function Badge({ tone = "neutral", children }: { tone?: BadgeTone; children: ReactNode }) {
  return (
    <span className={`inline-flex h-5 shrink-0 align-middle items-center rounded-full px-2 text-2xs font-medium whitespace-nowrap ${tones[tone]}`}>
      {children}
    </span>
  )
}
