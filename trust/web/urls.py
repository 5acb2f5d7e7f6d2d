"""Addresses of trust's pages."""

from __future__ import annotations

from django.urls import path

from trust.web import account, api_keys, invitations, members, organizations, sign_in

urlpatterns = [
    path("sign-in/", sign_in.sign_in, name="sign_in"),
    path("sign-in/link/<str:token>/", sign_in.sign_in_link, name="sign_in_link"),
    path("sign-out/", sign_in.sign_out, name="sign_out"),
    path("welcome/", account.welcome, name="welcome"),
    path("account/", account.account, name="account"),
    path("account/password/", account.password_change, name="password_change"),
    path("account/sign-out-everywhere/", account.sign_out_everywhere, name="sign_out_everywhere"),
    path("organization/", organizations.organization, name="organization"),
    path("organization/switch/", organizations.organization_switch, name="organization_switch"),
    path("members/", members.members, name="members"),
    path("members/invite/", members.invite, name="invite"),
    path("members/<int:user_id>/role/", members.member_role, name="member_role"),
    path("members/<int:user_id>/remove/", members.member_remove, name="member_remove"),
    path("invitations/<uuid:invitation_id>/withdraw/", members.invitation_withdraw, name="invitation_withdraw"),
    path("invitation/<str:token>/", invitations.invitation_accept, name="invitation_accept"),
    path("api-keys/", api_keys.api_keys, name="api_keys"),
    path("api-keys/create/", api_keys.api_key_create, name="api_key_create"),
    path("api-keys/<uuid:key_id>/revoke/", api_keys.api_key_revoke, name="api_key_revoke"),
]
