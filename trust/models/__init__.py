"""The records of who: people, organizations, memberships, API keys and single-use entrances."""

from trust.models.entrance import Invitation, SignInLink
from trust.models.key import ApiKey
from trust.models.organization import Membership, Organization
from trust.models.user import User

__all__ = ["ApiKey", "Invitation", "Membership", "Organization", "SignInLink", "User"]
