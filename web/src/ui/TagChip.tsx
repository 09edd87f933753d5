interface TagChipProps {
  name: string
  color: string | null | undefined
}

/** The colour is a dot beside the name: any colour people choose stays readable. */
export function TagChip({ name, color }: TagChipProps) {
  return (
    <span className="inline-flex max-w-36 items-center gap-1 rounded-full border border-line px-1.5 text-2xs leading-[1.125rem] text-ink-muted">
      <span
        aria-hidden="true"
        className="size-1.5 shrink-0 rounded-full bg-ink-faint"
        style={color ? { backgroundColor: color } : undefined}
      />
      <span className="truncate">{name}</span>
    </span>
  )
}
