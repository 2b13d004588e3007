"""What an identify says that tells one account from another: traits that two people hardly share.

A household shares an e-mail address or a phone number, so neither proves anything alone (domain.md 3.3, 8.2).
"""

from auditor.model.accounts import created
from auditor.model.event import Event

OF_ONE_ACCOUNT = frozenset({"createdAt", "id", "username", "name"})
"""Of the telling traits those that two people who share a mailbox or a phone do not share."""
_LEAST_DIGITS = 7


def email_of(event: Event) -> str | None:
    """The e-mail address among the traits, in small letters; ``None`` if there is none."""
    value = (event.traits or {}).get("email")
    return value.strip().casefold() if isinstance(value, str) and "@" in value else None


def telling_traits(event: Event) -> dict[str, str]:
    """The telling traits of an identify by name, spelled alike: ``email``, ``phone`` (digits), ``username``, ``id``,
    ``name`` (the full one) and ``createdAt`` (ms since 1970)."""
    traits = event.traits or {}
    found: dict[str, str] = {}
    email = email_of(event)
    if email is not None:
        found["email"] = email
    phone = "".join(filter(str.isdigit, str(traits.get("phone") or "")))
    if len(phone) >= _LEAST_DIGITS:
        found["phone"] = phone
    made = created(event)
    if made is not None:
        found["createdAt"] = str(made)
    for key in ("username", "id"):
        value = traits.get(key)
        if isinstance(value, str | int) and not isinstance(value, bool) and str(value).strip():
            found[key] = str(value).strip()
    name = traits.get("name")
    if isinstance(name, str) and len(name.split()) > 1:
        found["name"] = " ".join(name.split()).casefold()
    return found


def folded(user: str) -> str:
    """A userId without what a careless spelling changes: case, blanks around it, zeros in front."""
    return user.strip().casefold().lstrip("0")
