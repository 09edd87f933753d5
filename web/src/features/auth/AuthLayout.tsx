import type { ReactNode } from "react"
import { Logo } from "@/ui/icons"

interface AuthLayoutProps {
  title: string
  text: string
  children: ReactNode
  footer?: ReactNode
}

export function AuthLayout({ title, text, children, footer }: AuthLayoutProps) {
  return (
    <main className="flex min-h-dvh flex-col items-center justify-center px-4 py-10">
      <div className="w-full max-w-[26rem]">
        <div className="mb-7 flex flex-col items-center text-center">
          <Logo className="size-10" />
          <h1 className="mt-5 text-xl font-semibold tracking-tight text-balance text-ink">{title}</h1>
          <p className="mt-1 text-base text-balance text-ink-muted">{text}</p>
        </div>
        <div className="rounded-2xl border border-line bg-surface p-5 shadow-card sm:p-7">{children}</div>
        {footer && <p className="mt-5 text-center text-sm text-ink-muted">{footer}</p>}
      </div>
    </main>
  )
}

export const footerLink = "font-medium text-accent-ink underline-offset-2 hover:underline"
