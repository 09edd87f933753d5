import type { SVGProps } from "react"

// Sixteen-pixel line icons in one weight. They are decoration: the control around them carries the name.
const paths = {
  alert: "M8 5v3.5M8 11h.01M8 1.75 14.75 13.5H1.25z",
  archive: "M2 3.5h12v2.5H2zM3 6v6.5h10V6M6.5 8.75h3",
  arrowLeft: "M13 8H3M7 4 3 8l4 4",
  board: "M2.5 2.5h3v11h-3zM6.75 2.5h3v7.5h-3zM11 2.5h3v9h-3z",
  calendar: "M2.5 3.5h11v10h-11zM2.5 6.5h11M5.5 2v3M10.5 2v3",
  chartBars: "M2.5 13.5h11M4 11V7.5M8 11V3M12 11V5.5",
  chartLine: "M2.5 2.5v11h11M4.5 10.5 7.25 7l2.25 2 4-5",
  chartPie: "M8 1.75a6.25 6.25 0 1 0 6.25 6.25H8zM10.5 1.75a4.5 4.5 0 0 1 3.75 3.75H10.5z",
  check: "m3 8.5 3.25 3.25L13 5",
  checklist: "m2 4 1.25 1.25L5.5 3M2 11l1.25 1.25L5.5 10M8 4.25h6M8 11.25h6",
  chevronDown: "m4 6 4 4 4-4",
  chevronLeft: "m10 4-4 4 4 4",
  chevronRight: "m6 4 4 4-4 4",
  close: "m4 4 8 8M12 4l-8 8",
  comment: "M2.5 3h11v8h-6L4 13.5V11H2.5z",
  copy: "M5.5 5.5h8v8h-8zM10.5 5.5v-3h-8v8h3",
  download: "M8 2.5v7.5M5 7.25l3 3 3-3M2.5 11v2.5h11V11",
  edit: "m10.5 3 2.5 2.5L5.5 13l-3 .5.5-3zM9 4.5 11.5 7",
  graph: "M1.75 6.25h4v3.5h-4zM10.25 2.25h4v3.5h-4zM10.25 10.25h4v3.5h-4zM5.75 8H8M10.25 4H8v8h2.25",
  filter: "M2 4h12M4.5 8h7M6.75 12h2.5",
  help: "M8 14.25a6.25 6.25 0 1 0 0-12.5 6.25 6.25 0 0 0 0 12.5M6.25 6.25A1.75 1.75 0 1 1 8 8v1.25M8 11.25h.01",
  insights: "M2.5 13.5v-4M6.25 13.5v-7M10 13.5v-5M13.5 13.5v-11",
  forecast: "M2 13.5h12M2 11 6 8M6 8l7-5M6 8l7 0M6 8l7 3",
  folder: "M1.75 3.5h4.5L7.75 5h6.5v8h-12.5z",
  import: "M8 2v7.5M5 6.75 8 9.75l3-3M2.5 10.5V13.5h11v-3",
  key: "M5.25 12.5a2.75 2.75 0 1 0 0-5.5 2.75 2.75 0 0 0 0 5.5M7.2 7.8l5.3-5.3M10.25 4.75l2 2",
  keyboard: "M1.5 4h13v8h-13zM4 6.5h.01M6.5 6.5h.01M9 6.5h.01M11.75 6.5h.01M5 9.5h6",
  list: "M2.5 4h.01M5.5 4h8M2.5 8h.01M5.5 8h8M2.5 12h.01M5.5 12h8",
  lock: "M3.5 7h9v6.5h-9zM5.25 7V5a2.75 2.75 0 0 1 5.5 0v2M8 9.75v1.25",
  link: "M6.75 9.25 9.5 6.5M7 4.5l1.5-1.5a2.83 2.83 0 0 1 4 4L11 8.5M9 11.5 7.5 13a2.83 2.83 0 0 1-4-4L5 7.5",
  mail: "M1.75 3.5h12.5v9H1.75zM2 4l6 5 6-5",
  menu: "M2.5 4.5h11M2.5 8h11M2.5 11.5h11",
  minus: "M3 8h10",
  monitor: "M2 3h12v8H2zM6 13.5h4M8 11v2.5",
  moon: "M13 9.5A5.5 5.5 0 0 1 6.5 3a5.5 5.5 0 1 0 6.5 6.5z",
  more: "M3.5 8h.01M8 8h.01M12.5 8h.01",
  paperclip: "m13 7.5-5.25 5.25a3.1 3.1 0 0 1-4.4-4.4l5.4-5.4a2.05 2.05 0 0 1 2.9 2.9L6.3 11.2a1 1 0 0 1-1.45-1.45L9.5 5.1",
  people: "M6 7.5a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5M1.5 13.5c0-2.5 2-4 4.5-4s4.5 1.5 4.5 4M10.5 3a2.5 2.5 0 0 1 0 4.5M12 9.8c1.5.5 2.5 1.8 2.5 3.7",
  pause: "M8 14.25a6.25 6.25 0 1 0 0-12.5 6.25 6.25 0 0 0 0 12.5M3.6 3.6l8.8 8.8",
  person: "M8 7.75a2.75 2.75 0 1 0 0-5.5 2.75 2.75 0 0 0 0 5.5M2.75 14c0-2.9 2.35-4.5 5.25-4.5s5.25 1.6 5.25 4.5",
  phone: "M4.5 1.75h7v12.5h-7zM7.25 12h1.5",
  plus: "M8 3v10M3 8h10",
  printer: "M4.5 6V2.5h7V6M4.5 11.5h-2V6h11v5.5h-2M4.5 9.5h7v4h-7z",
  search: "M7 11.5a4.5 4.5 0 1 0 0-9 4.5 4.5 0 0 0 0 9M10.5 10.5l3 3",
  sidebar: "M2 3h12v10H2zM6 3v10",
  signOut: "M6 2.5H2.5v11H6M7 8h6.5M10.5 5l3 3-3 3",
  sun: "M8 10.75a2.75 2.75 0 1 0 0-5.5 2.75 2.75 0 0 0 0 5.5M8 1.5v1.25M8 13.25v1.25M1.5 8h1.25M13.25 8h1.25M3.4 3.4l.9.9M11.7 11.7l.9.9M3.4 12.6l.9-.9M11.7 4.3l.9-.9",
  tag: "M2.5 2.5h5l6 6-5 5-6-6zM5.25 5.25h.01",
  timeline: "M2 3.5h6M5 8h7M8.5 12.5H14",
  bell: "M4 11.5V7a4 4 0 0 1 8 0v4.5M2.75 11.5h10.5M6.75 13.75h2.5",
  clock: "M8 14.25a6.25 6.25 0 1 0 0-12.5 6.25 6.25 0 0 0 0 12.5M8 4.5V8l2.5 1.5",
  inbox: "M2 9.5 4 3h8l2 6.5v4H2zM2 9.5h3.5l1 1.75h3l1-1.75H14",
  play: "M5 3.25v9.5L12.75 8z",
  stop: "M4 4h8v8H4z",
  star: "m8 2 1.8 3.9 4.2.5-3.1 2.9.8 4.2L8 11.4l-3.7 2.1.8-4.2L2 6.4l4.2-.5z",
  view: "M2 4h12M2 8h12M2 12h7",
  trash: "M2.5 4.5h11M6 4.5v-2h4v2M4 4.5l.5 9h7l.5-9M6.75 7v4M9.25 7v4",
  undo: "M3 6.5h6.5a3.25 3.25 0 0 1 0 6.5H6M5.5 4 3 6.5 5.5 9",
} as const

export type IconName = keyof typeof paths

interface IconProps extends SVGProps<SVGSVGElement> {
  name: IconName
}

export function Icon({ name, className = "size-4", ...rest }: IconProps) {
  return (
    <svg
      viewBox="0 0 16 16"
      fill="none"
      stroke="currentColor"
      strokeWidth={name === "more" ? 2 : 1.4}
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
      {...rest}
      className={`shrink-0 ${className}`}
    >
      <path d={paths[name]} />
    </svg>
  )
}

export function Logo({ className = "size-6" }: { className?: string }) {
  return (
    <svg viewBox="0 0 32 32" aria-hidden="true" className={`shrink-0 ${className}`}>
      <rect width="32" height="32" rx="8" className="fill-accent" />
      <path d="M9 10.5h14M9 16h9.5M9 21.5h5" className="stroke-ink-inverse" strokeWidth="2.75" strokeLinecap="round" />
    </svg>
  )
}
