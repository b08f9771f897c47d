"""How what is asked about references is called, where it is, and why somebody is named."""

from portal.kernel.words import gettext as _
from portal.kernel.words import ngettext
from workspaces.references.models import Reference, ReferenceRequest

HERE = "/me/settings/references"  # where a client says whether they are one


def where(row: Reference) -> str:
    """Leads on to where its reader finds it: a client among their own settings, ours at the contact."""
    return f"/references/said/{row.id}"


def title(row: Reference) -> str:
    return _("Would you be a reference?") if row.waits else _("%(name)s as a reference", name=row.person.name)


def talk(row: ReferenceRequest) -> str:
    return _(
        "%(reference)s and %(name)s of %(company)s", reference=row.reference.person.name, name=row.contact.name, company=row.account.name
    )


def terms(row: Reference) -> str:
    """What they said, in words."""
    if row.terms == "often":
        return ngettext("Yes, at most %(num)d request a quarter", "Yes, at most %(num)d requests a quarter", row.most or 0)
    return {"each": _("Yes, ask me each time"), "no": _("No"), "": _("Nothing said yet")}[row.terms]
