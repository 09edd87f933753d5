"""A project's budget: an exact amount."""

from decimal import Decimal

from msgspec import UnsetType

from projectflow.core.problems import InvalidInput

MAX_BUDGET = Decimal("9999999999.99")


def check_budget(amount: Decimal | None | UnsetType) -> None:
    """Refuse what is no amount of money.

    Raises:
        InvalidInput: it is out of range, or has more than two decimals.
    """
    if not isinstance(amount, Decimal):
        return
    if not amount.is_finite() or not 0 <= amount <= MAX_BUDGET:
        raise InvalidInput.of("budget_amount", f"must be between 0 and {MAX_BUDGET}")
    if amount != amount.quantize(Decimal("0.01")):
        raise InvalidInput.of("budget_amount", "has more than two decimals")
