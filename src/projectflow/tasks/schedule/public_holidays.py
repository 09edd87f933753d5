"""Public holidays by country and part of it, from the package `holidays`."""

from datetime import date
from functools import lru_cache

from projectflow.core.problems import InvalidInput


class UnknownHolidays(InvalidInput):
    """There is no list of public holidays for this country or part of it."""


@lru_cache(maxsize=4096)
def public_holidays(country: str, subdivision: str | None, year: int) -> frozenset[date]:
    """The days off in one year, as seen where `holidays` draws the line (category PUBLIC).

    Args:
        country: ISO 3166-1 alpha-2, for example DE.
        subdivision: the part of ISO 3166-2 after the country, for example BE; None for the days
            that the whole country has.
        year: years that the package does not know have no holidays.

    Raises:
        UnknownHolidays: neither the package nor this module knows the country or the part.
    """
    from holidays import country_holidays  # noqa: PLC0415 - 0.2 s that only calendars pay

    try:
        return frozenset(country_holidays(country, subdiv=subdivision, years=year))
    except NotImplementedError:
        place = country if subdivision is None else f"{country}-{subdivision}"
        raise UnknownHolidays(f"There is no list of public holidays for {place!r:.40}.") from None
