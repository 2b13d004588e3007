"""Names that read like a signup, a login, a logout; and those that only seem to."""

from collections import Counter

import pytest

from auditor.engine.likeness import LOGIN, LOGOUT, ROLES, SIGNUP, Role, similar_names
from tests.conftest import DEFAULT_RULES


@pytest.mark.parametrize(
    ("name", "role"),
    [
        ("Member Signed Up", SIGNUP),
        ("portal_user_signed_up_v2", SIGNUP),
        ("CustomerSignedUp", SIGNUP),
        ("user:registered", SIGNUP),
        ("Signed Up With Email", SIGNUP),
        ("Team Account Created", SIGNUP),
        ("Log-In", LOGIN),
        ("login_success", LOGIN),
        ("auth.userSignedIn", LOGIN),
        ("LOGGED OUT", LOGOUT),
        ("admin_log_out", LOGOUT),
    ],
)
def test_a_name_reads_like_what_it_says(name: str, role: Role) -> None:
    assert [each for each in ROLES if each.reads_like(name)] == [role]


@pytest.mark.parametrize(
    "name",
    [
        "Signup Started",
        "signup_form_submitted",
        "Sign Up Clicked",
        "Newsletter Signed Up",
        "Device Registered",
        "Push Token Registered",
        "Login Failed",
        "Logout Button Clicked",
        "Catalog Inspected",
        "Design Updated",
        "Order Completed",
        "",
    ],
)
def test_an_attempt_or_another_thing_does_not(name: str) -> None:
    assert [role for role in ROLES if role.reads_like(name)] == []


@pytest.mark.parametrize("role", ROLES, ids=lambda role: role.name)
def test_every_default_name_is_the_fields_own_or_near_kin(role: Role) -> None:
    names = DEFAULT_RULES.params[role.param].default
    assert [name for name in names if not role.reads_like(name)] == []


def test_the_same_words_are_told_from_what_only_reads_like_them() -> None:
    assert SIGNUP.is_same("SIGNED-UP")
    assert not SIGNUP.is_same("Portal Signed Up")


def test_similar_names_are_the_most_frequent_first() -> None:
    names = Counter({"Signed Up Twice": 1, "Member Signed Up": 3, "Order Completed": 9})
    assert similar_names(names, SIGNUP) == (("Member Signed Up", 3), ("Signed Up Twice", 1))
