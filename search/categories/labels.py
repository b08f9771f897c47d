"""What a message can be. Zero or more of these; staff alone see them."""

from collections.abc import Callable
from enum import StrEnum

from portal.kernel.words import gettext as _


class Category(StrEnum):
    """Categories in the order in which they are shown; the value is what API and search call them."""

    QUESTION = "question"  # wants to know something from who reads it
    ANSWER = "answer"  # tells what was asked before
    REQUIREMENT = "requirement"  # what they need, or what an offer must fulfil
    OBJECTION = "objection"  # a reason not to buy or not to go on
    COMMITMENT = "commitment"  # a promise to do something
    DECISION = "decision"  # that something has been decided, agreed, approved or turned down
    PRICING = "pricing"  # prices, discounts, budgets, terms of payment
    COMPETITOR = "competitor"  # another vendor, product or offer
    RISK = "risk"  # something that puts the deal or the work in danger
    COMPLAINT = "complaint"  # dissatisfaction
    PRAISE = "praise"  # satisfaction
    REQUEST = "request"  # something that we cannot do yet is asked for, or was refused as such


NAMES: dict[str, Callable[[], str]] = {
    Category.QUESTION: lambda: _("Question"),
    Category.ANSWER: lambda: _("Answer"),
    Category.REQUIREMENT: lambda: _("Requirement"),
    Category.OBJECTION: lambda: _("Objection"),
    Category.COMMITMENT: lambda: _("Commitment"),
    Category.DECISION: lambda: _("Decision"),
    Category.PRICING: lambda: _("Pricing"),
    Category.COMPETITOR: lambda: _("Competitor"),
    Category.RISK: lambda: _("Risk"),
    Category.COMPLAINT: lambda: _("Complaint"),
    Category.PRAISE: lambda: _("Praise"),
    Category.REQUEST: lambda: _("Request we can't fulfil yet"),
}


def name_of(category: str) -> str:
    """As it reads on a page, in the reader's language."""
    return NAMES[category]() if category in NAMES else category
