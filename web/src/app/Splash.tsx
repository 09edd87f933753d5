import { Logo } from "@/ui/icons"

export function Splash() {
  return (
    <div role="status" aria-label="Loading" className="flex min-h-dvh items-center justify-center">
      <Logo className="size-9 animate-[shimmer_1.6s_ease-in-out_infinite]" />
    </div>
  )
}
