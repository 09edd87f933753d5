import type { ComponentProps } from "react"
import { Link } from "react-router"
import { Icon, type IconName } from "./icons"
import { Spinner } from "./Spinner"

const base =
  "inline-flex items-center justify-center gap-1.5 rounded-md font-medium whitespace-nowrap select-none transition-colors duration-100 disabled:opacity-55 disabled:cursor-not-allowed"

const variants = {
  primary: "bg-accent text-ink-inverse hover:bg-accent-hover shadow-card",
  secondary: "bg-raised text-ink border border-line-strong hover:bg-hover shadow-card",
  ghost: "text-ink-muted hover:bg-hover hover:text-ink",
  danger: "bg-danger text-ink-inverse hover:bg-danger-hover shadow-card",
} as const

const sizes = {
  sm: "h-7 px-2 text-xs pointer-coarse:h-9",
  md: "h-8 px-3 text-sm pointer-coarse:h-10",
  lg: "h-10 px-4 text-base",
} as const

interface Look {
  variant?: keyof typeof variants
  size?: keyof typeof sizes
  icon?: IconName
}

function look({ variant = "secondary", size = "md" }: Look, className = "") {
  return `${base} ${variants[variant]} ${sizes[size]} ${className}`
}

interface ButtonProps extends ComponentProps<"button">, Look {
  busy?: boolean
}

export function Button({ variant, size, icon, busy = false, className, children, type = "button", ...rest }: ButtonProps) {
  return (
    <button
      {...rest}
      type={type}
      aria-busy={busy || undefined}
      disabled={rest.disabled === true || busy}
      className={look({ ...(variant && { variant }), ...(size && { size }) }, className)}
    >
      {busy ? <Spinner /> : icon && <Icon name={icon} />}
      {children}
    </button>
  )
}

interface ButtonLinkProps extends ComponentProps<typeof Link>, Look {}

export function ButtonLink({ variant, size, icon, className, children, ...rest }: ButtonLinkProps) {
  return (
    <Link {...rest} className={look({ ...(variant && { variant }), ...(size && { size }) }, className)}>
      {icon && <Icon name={icon} />}
      {children}
    </Link>
  )
}

interface IconButtonProps extends Omit<ComponentProps<"button">, "aria-label"> {
  icon: IconName
  /** What it does, in words: its accessible name and its tooltip. */
  label: string
  shortcut?: string
}

export function IconButton({ icon, label, shortcut, className = "", type = "button", ...rest }: IconButtonProps) {
  return (
    <button
      {...rest}
      type={type}
      aria-label={label}
      title={shortcut ? `${label} (${shortcut})` : label}
      className={`inline-flex size-7 shrink-0 items-center justify-center rounded-md text-ink-faint transition-colors duration-100 hover:bg-hover hover:text-ink disabled:cursor-not-allowed disabled:opacity-50 pointer-coarse:size-10 ${className}`}
    >
      <Icon name={icon} />
    </button>
  )
}
