"""Made by `make generate` from draftwire.rest: change it there."""

from typing import Any

from draftwire.api.asking import Asking
from draftwire.rest.deploys import DeployedQuery
from draftwire.rest.drafts import NamedDraft
from draftwire.rest.rights import Done
from draftwire.rest.secrets import DeployedSecrets, MadeSecret, NewSecret, PlacedSecret, SecretList, SetSecret
from draftwire.wire.etags import quoted


class SecretsCalls:
    """Requests of `Api.secrets`."""

    def __init__(self, api: Asking) -> None:
        self._api = api

    async def set(
        self,
        draft: str,
        at: str,
        value: Any,
        *,
        if_match: str,
        item: str | None = None,
        session: str | None = None,
        merge: bool = True,
    ) -> SetSecret:
        """Set a secret in a draft.

        Stores a value and puts a marker at ``at``, which must be a place that the item's kind declares as a secret.

        Everyone in the draft sees the marker; it is an op like any other. The value is write-only: only runtimes can
        read it back.

        Who may: everyone who can edit the draft.

        Raises:
            Problem: secrets_off, too_large, precondition_required, bad_etag, stale, generation_changed, rewound,
                base_ahead, base_expired, session_is_live, read_only, mode_forbids, no_such_place, bad_address,
                plain_array, id_fixed, root_fixed, keyed_array_fixed.
        """
        return await self._api.ask(
            SetSecret,
            "PUT",
            await self._api.in_workspace("drafts", draft, "secrets"),
            body=PlacedSecret(at=at, value=value),
            query=NamedDraft(item=self._api.item_of(draft, item)),
            headers={
                "if-match": quoted(if_match),
                "draftwire-session": session,
                "prefer": None if merge else "merge=never",
            },
        )

    async def make(self, item: str, value: Any) -> MadeSecret:
        """Store a secret for an item.

        Stores a value and returns its marker. Use it if you write ops or whole documents yourself.

        Who may: everyone with write access to the item.

        Raises:
            Problem: secrets_off, too_large, forbidden.
        """
        return await self._api.ask(
            MadeSecret, "POST", await self._api.in_workspace("items", item, "secrets"), body=NewSecret(value=value)
        )

    async def list(self, item: str) -> SecretList:
        """List an item's secrets.

        Returns the item's secrets with who set them and when, never their values.

        Who may: everyone with write access to the item.

        Raises:
            Problem: forbidden.
        """
        return await self._api.ask(SecretList, "GET", await self._api.in_workspace("items", item, "secrets"))

    async def remove(self, item: str, secret: str) -> Done:
        """Delete a secret.

        Deletes the value for good. Older versions that use it can't run any more. Refused with `secret_in_use` if the
        deployed version needs it.

        Who may: everyone with write access to the item.

        Raises:
            Problem: forbidden, secret_in_use.
        """
        return await self._api.ask(Done, "DELETE", await self._api.in_workspace("items", item, "secrets", secret))

    async def deployed(self, *, path: str | None = None, hash: str | None = None) -> DeployedSecrets:
        """Read the secrets of a deployed value.

        Returns the values behind a version's markers. Each read is recorded as an event.

        Who may: API keys with `reads_secrets`, and `run` on the item; no agent.

        Raises:
            Problem: forbidden, secrets_off, unknown_secret.
        """
        return await self._api.ask(
            DeployedSecrets,
            "GET",
            await self._api.in_workspace("deployed", "secrets"),
            query=DeployedQuery(path=path, hash=hash),
        )
