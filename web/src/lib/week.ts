interface WeekInfo {
  /** 1 is Monday, 7 is Sunday. */
  firstDay: number
}

interface LocaleWithWeek extends Intl.Locale {
  getWeekInfo?: () => WeekInfo
  weekInfo?: WeekInfo
}

/** The days of a week as the locale counts them, 0 for Monday: [6, 0, 1, 2, 3, 4, 5] where it starts on Sunday. */
export function weekOf(locale: string): number[] {
  const first = firstDay(new Intl.Locale(locale)) - 1
  return Array.from({ length: 7 }, (_, day) => (first + day) % 7)
}

function firstDay(locale: LocaleWithWeek): number {
  return (locale.getWeekInfo?.() ?? locale.weekInfo)?.firstDay ?? firstDayByRegion(locale)
}

// Unicode CLDR 48, supplemental/weekData: for browsers that don't tell. Everywhere else it is Monday.
const SUNDAY = "AG AS BD BR BS BT BW BZ CA CO DM DO ET GT GU HK HN ID IL IN JM JP KE KH KR LA MH MM MO MT MX MZ NI NP PA PE PH PK PR PT PY SA SG SV TH TT TW UM US VE VI WS YE ZA ZW"
const SATURDAY = "AF BH DJ DZ EG IQ IR JO KW LY OM QA SD SY"

/** The same from the country, or the one where most people speak the language. */
export function firstDayByRegion(locale: Intl.Locale): number {
  const region = locale.region ?? locale.maximize().region ?? ""
  if (region === "MV") return 5
  if (SATURDAY.split(" ").includes(region)) return 6
  return SUNDAY.split(" ").includes(region) ? 7 : 1
}
