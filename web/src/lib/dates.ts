import { TZDateMini } from "@date-fns/tz"
import { region } from "./region"

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

/** "5 minutes ago", and past a month the date itself. */
export function relativeTime(iso: string, now: number = Date.now()): string {
  const { relative } = region()
  const elapsed = Date.parse(iso) - now
  const size = Math.abs(elapsed)
  if (size < MINUTE) return isEnglish() ? "just now" : relative.format(0, "second")
  if (size < HOUR) return relative.format(Math.trunc(elapsed / MINUTE), "minute")
  if (size < DAY) return relative.format(Math.trunc(elapsed / HOUR), "hour")
  if (size < 30 * DAY) return relative.format(Math.trunc(elapsed / DAY), "day")
  return shortDate(iso, now)
}

/** With the day of the week and the time. */
export function absoluteTime(iso: string): string {
  return region().full.format(new Date(iso))
}

/** Day and time, short enough for a table. */
export function momentOf(iso: string): string {
  return region().moment.format(new Date(iso))
}

export function shortDate(iso: string, now: number = Date.now()): string {
  const date = onTheirCalendar(iso)
  const { day, dayThisYear } = region()
  return (date.getFullYear() === onTheirCalendar(now).getFullYear() ? dayThisYear : day).format(date)
}

export interface DueDate {
  text: string
  title: string
  tone: "overdue" | "soon" | "later"
}

/** A due date in words. Done work is never overdue. */
export function dueDate(iso: string, isDone: boolean, now: number = Date.now()): DueDate {
  const { relative, day } = region()
  const date = onTheirCalendar(iso)
  const days = (dayNumber(date) - dayNumber(onTheirCalendar(now))) / DAY
  const text = Math.abs(days) <= 1 ? capitalise(relative.format(days, "day")) : shortDate(iso, now)
  const title = `Due ${day.format(date)}`
  if (isDone || days > 2) return { text, title, tone: "later" }
  return { text, title, tone: days < 0 ? "overdue" : "soon" }
}

/** The value of an <input type="date"> for a timestamp or a plain date, as the viewer's calendar shows it. */
export function toDateInput(iso: string | null): string {
  if (!iso) return ""
  const date = onTheirCalendar(iso)
  const two = (part: number) => String(part).padStart(2, "0")
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`
}

/** The end of the chosen day where the viewer is: due "on the 3rd" is not late on the 3rd. */
export function dueAtEndOf(day: string): string | null {
  return day ? new Date(dayAt(day, 0, 23, 59, 59).getTime()).toISOString() : null
}

/** When a day begins where the viewer is, or one some days later. An Invalid Date for a day that there is not. */
export function startOfDay(day: string, daysLater = 0): Date {
  return new Date(dayAt(day, daysLater).getTime())
}

/** A moment of a day where the viewer is, such as nine in the morning of the day after tomorrow. */
export function timeAt(day: string, daysLater: number, hour: number, minute = 0): Date {
  return new Date(dayAt(day, daysLater, hour, minute).getTime())
}

/** "Today", "Yesterday", "Tomorrow", otherwise the day itself with its name. */
export function dayHeading(day: string, now: number = Date.now()): string {
  const days = (dayNumber(dayAt(day)) - dayNumber(onTheirCalendar(now))) / DAY
  const { relative, weekday } = region()
  return Math.abs(days) <= 1 ? capitalise(relative.format(days, "day")) : weekday.format(dayAt(day))
}

/** 0 for Monday, of a day written as 2026-12-24. */
export function weekdayOf(day: string): number {
  return (dayAt(day).getDay() + 6) % 7
}

/** "14:30" as the viewer writes it. */
export function clockTime(iso: string | Date): string {
  return region().clock.format(new Date(iso))
}

// Its getters speak of the viewer's time zone. A plain date has none: reading it as UTC would show the day before in America.
function onTheirCalendar(time: string | number): Date {
  if (typeof time === "string" && /^\d{4}-\d{2}-\d{2}$/.test(time)) return dayAt(time)
  return new TZDateMini(new Date(time).getTime(), region().timeZone)
}

function dayAt(day: string, daysLater = 0, hour = 0, minute = 0, second = 0): Date {
  const [year = 0, month = 1, date = 1] = day.split("-").map(Number)
  return new TZDateMini(year, month - 1, date + daysLater, hour, minute, second, region().timeZone)
}

function dayNumber(date: Date): number {
  return Date.UTC(date.getFullYear(), date.getMonth(), date.getDate())
}

function isEnglish(): boolean {
  return new Intl.Locale(region().locale).language === "en"
}

function capitalise(words: string): string {
  return words.charAt(0).toLocaleUpperCase(region().locale) + words.slice(1)
}
