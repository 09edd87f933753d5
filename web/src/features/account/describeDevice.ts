export interface Device {
  name: string
  isHandheld: boolean
}

// The order matters: Edge and Opera also say Chrome, Chrome also says Safari.
const BROWSERS: [RegExp, string][] = [
  [/\bEdgA?\//, "Edge"],
  [/\bOPR\//, "Opera"],
  [/\b(Firefox|FxiOS)\//, "Firefox"],
  [/\b(Headless)?(Chrome|CriOS|Chromium)\//, "Chrome"],
  [/\bSafari\//, "Safari"],
]
const SYSTEMS: [RegExp, string][] = [
  [/\biPhone\b/, "iPhone"],
  [/\biPad\b/, "iPad"],
  [/\bAndroid\b/, "Android"],
  [/\bWindows\b/, "Windows"],
  [/\bCrOS\b/, "ChromeOS"],
  [/\bMac OS X\b|\bMacintosh\b/, "macOS"],
  [/\bLinux\b/, "Linux"],
]

/** "Firefox on Linux". What a browser says of itself is a hint, not a fact. */
export function describeDevice(userAgent: string | null): Device {
  if (!userAgent) return { name: "Unknown device", isHandheld: false }
  const browser = BROWSERS.find(([pattern]) => pattern.test(userAgent))?.[1]
  const system = SYSTEMS.find(([pattern]) => pattern.test(userAgent))?.[1]
  const isHandheld = ["iPhone", "iPad", "Android"].includes(system ?? "")
  // A program that is no browser gives its name first: "curl/8.5.0".
  const program = browser ?? (/^[\w.-]{1,40}/.exec(userAgent)?.[0] ?? "Unknown program")
  return { name: system ? `${program} on ${system}` : program, isHandheld }
}
